// A pen for the keyboard: arrows move it, with Shift in small steps; Space puts it down and lifts it.

import { arrows } from './dom.js';

/**
 * @param {import('./pad.js').Pad} pad
 * @param {HTMLCanvasElement} canvas Focusable; the pen shows while it has the focus by keyboard.
 */
export function addKeyboardPen(pad, canvas) {
  const pen = { x: 0.5, y: 0.5, down: false };
  let strokes = 0;

  canvas.addEventListener('focus', () => show(canvas.matches(':focus-visible')));
  canvas.addEventListener('blur', () => {
    pen.down = false;
    show(false);
  });
  pad.addEventListener('change', () => {
    if (pad.strokes.length < strokes) pen.down = false; // what it was drawing was taken back
    strokes = pad.strokes.length;
  });
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = arrows[event.key];
    if (move) {
      const step = event.shiftKey ? 0.01 : 0.05;
      pen.x = Math.min(1, Math.max(0, pen.x + move[0] * step));
      pen.y = Math.min(1, Math.max(0, pen.y + move[1] * step));
      if (pen.down) pad.extend(pen.x, pen.y);
    } else if (event.key === ' ' && !event.repeat) {
      pen.down = !pen.down;
      if (pen.down) pad.begin(pen.x, pen.y);
    } else if (event.key !== ' ') return;
    event.preventDefault();
    show(true);
  });

  /** @param {boolean} visible */
  function show(visible) {
    pad.cursor = visible ? pen : null;
    pad.redraw();
  }
}
