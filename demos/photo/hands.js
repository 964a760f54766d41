// How people move and size the square: mouse, fingers, wheel, keys and a slider.

import { arrows } from '../shared/dom.js';
import { say } from '../shared/say.js';

/** @import { Place, Square, View } from './view.js' */

/** How much one press of + or - changes the square's side. */
const STEP = 1.1;

/**
 * @param {View} view
 * @param {HTMLCanvasElement} canvas
 */
export function addPointers(view, canvas) {
  /** Where each finger is, in pixels of the picture. @type {Map<number, Place>} */
  const fingers = new Map();
  /**
   * The fingers and the square when a finger last came or went; moving goes by what has changed since.
   * @type {(Place & { spread: number, square: Square }) | undefined}
   */
  let start;

  const begin = () => (start = { ...grip(), square: view.square });

  function grip() {
    const [a, b = a] = [...fingers.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, spread: Math.hypot(a.x - b.x, a.y - b.y) };
  }

  canvas.addEventListener('pointerdown', (event) => {
    if (view.isBlank || event.button !== 0 || fingers.size === 2) return;
    canvas.setPointerCapture(event.pointerId);
    const at = view.pixelAt(event);
    const { x, y, side } = view.square;
    const outside = Math.max(Math.abs(at.x - x), Math.abs(at.y - y)) > side / 2;
    if (outside && fingers.size === 0) view.place(at);
    fingers.set(event.pointerId, at);
    begin();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!start || !fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, view.pixelAt(event));
    const { x, y, spread } = grip();
    view.place({
      x: start.square.x + x - start.x,
      y: start.square.y + y - start.y,
      side: start.square.side * (fingers.size > 1 && start.spread > 0 ? spread / start.spread : 1),
    });
  });
  for (const end of /** @type {const} */ (['pointerup', 'pointercancel'])) {
    canvas.addEventListener(end, ({ pointerId }) => {
      if (fingers.delete(pointerId) && fingers.size > 0) begin();
    });
  }
  canvas.addEventListener('contextmenu', (event) => event.preventDefault()); // a long press is moving too
  canvas.addEventListener(
    'wheel',
    (event) => {
      if (view.isBlank) return;
      event.preventDefault();
      const notches = event.deltaY / (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 100 : 3);
      view.place({ side: view.square.side * STEP ** -notches });
    },
    { passive: false },
  );
}

/**
 * Arrows while the picture has the focus (with Shift in small steps).
 * @param {View} view
 * @param {KeyboardEvent} event
 * @returns whether the key was one for the square.
 */
export function moveByKey(view, event) {
  const move = arrows[event.key];
  if (!move || view.isBlank) return false;
  const { x, y, side } = view.square;
  const step = event.shiftKey ? 1 : Math.max(1, side / 10);
  view.place({ x: x + move[0] * step, y: y + move[1] * step });
  return true;
}

/**
 * + and - size the square, 0 makes it as large as it can be.
 * @param {View} view
 * @param {KeyboardEvent} event
 * @returns whether the key was one for the square.
 */
export function sizeByKey(view, { key }) {
  if (view.isBlank) return false;
  const { side } = view.square;
  if (key === '+' || key === '=') view.place({ side: side * STEP });
  else if (key === '-' || key === '_') view.place({ side: side / STEP });
  else if (key === '0') view.place({ side: Infinity });
  else return false;
  return true;
}

/**
 * A slider for the square's size.
 * @param {View} view
 * @param {HTMLInputElement} slider From 0 to 1.
 */
export function addSlider(view, slider) {
  slider.addEventListener('input', () => (view.size = slider.valueAsNumber));
  view.addEventListener('change', () => {
    if (Math.abs(slider.valueAsNumber - view.size) > 1e-3) slider.value = String(view.size);
    slider.setAttribute('aria-valuetext', say.photo.pixels({ n: Math.round(view.square.side) }));
  });
}
