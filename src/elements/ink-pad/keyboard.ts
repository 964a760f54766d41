import type { Cursor } from './paint.js';
import type { Sketch } from './sketch.js';
import { round, within } from './surface.js';
import type { Surface } from './surface.js';

/** What the arrow keys move, [x, y]. */
const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Steps, as shares of the pad's width. */
const STEP = 0.05;
const SMALL_STEP = 0.01;

/**
 * A pen for the keyboard: arrows move it, with Shift in small steps; Space puts it down and lifts it.
 * @returns what tells where it is, while the canvas has the focus by keyboard.
 */
export function addKeyboardPen(
  canvas: HTMLCanvasElement,
  sketch: Sketch,
  surface: Surface,
  isEditable: () => boolean,
): () => Cursor | undefined {
  // As shares of the pad's width and height.
  let [left, top] = [0.5, 0.5];
  let isVisible = false;

  const isDown = () => sketch.tool === 'keyboard';

  const place = (): [x: number, y: number] => {
    const [width, height] = surface.size;
    return [round(left * width), round(top * height)];
  };

  const show = (visible: boolean) => {
    isVisible = visible;
    surface.redraw();
  };

  canvas.addEventListener('focus', () => show(canvas.matches(':focus-visible')));
  canvas.addEventListener('blur', () => {
    if (isDown()) sketch.end();
    show(false);
  });
  canvas.addEventListener('keydown', (event) => {
    const { key, repeat } = event;
    const arrow = ARROWS[key];
    if (event.ctrlKey || event.metaKey || event.altKey || !isEditable() || !(arrow || key === ' ')) return;
    event.preventDefault();
    if (arrow) {
      const step = event.shiftKey ? SMALL_STEP : STEP;
      const [width, height] = surface.size;
      left = within(left + arrow[0] * step);
      top = within(top + (arrow[1] * step * width) / height);
      if (isDown()) sketch.extend([place()]);
    } else if (!repeat) {
      if (isDown()) sketch.end();
      else if (!sketch.tool) sketch.begin(place(), 'keyboard');
    }
    show(true);
  });

  return () => {
    const [x, y] = place();
    return isVisible ? { x, y, isDown: isDown() } : undefined;
  };
}
