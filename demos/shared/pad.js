import { contextOf } from './dom.js';
import { PEN, pathOf, round } from './strokes.js';

/** @import { Point } from './strokes.js' */

/**
 * A pad to draw on with mouse, finger or pen. The ink is kept as strokes in units of the pad's side, and drawn anew
 * whenever the canvas changes its size or the page its colours.
 *
 * Events: `change` whenever the ink changed, also in the middle of a stroke; `stroke` when the hand lifted.
 */
export class Pad extends EventTarget {
  /** [[[x, y], …], …] in the order they were drawn; a new array after every change. @type {Point[][]} */
  strokes = [];
  /**
   * Where the keyboard's pen is (see keyboard-pen.js), or null.
   * @type {{ x: number, y: number, down: boolean } | null}
   */
  cursor = null;
  #canvas;
  /** @type {ImageBitmap | null} */
  #picture = null;
  /** The finger or pen that draws. @type {number | null} */
  #pointer = null;
  #frame = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    super();
    this.#canvas = canvas;
    canvas.addEventListener('pointerdown', (event) => this.#down(event));
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    canvas.addEventListener('pointerup', (event) => this.#up(event));
    canvas.addEventListener('pointercancel', (event) => this.#up(event));
    // A touch that draws is no gesture: else browsers may take a quick stroke for a fling and eat the tap that follows.
    canvas.addEventListener('touchstart', (event) => event.preventDefault(), { passive: false });
    canvas.addEventListener('contextmenu', (event) => event.preventDefault()); // a long press is drawing too
    new ResizeObserver(() => this.redraw()).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.redraw());
  }

  get isBlank() {
    return this.strokes.length === 0 && !this.#picture;
  }

  /** A picture that lies on the pad instead of ink. */
  get picture() {
    return this.#picture;
  }

  /** @param {ImageBitmap | null} picture */
  show(picture) {
    this.#pointer = null;
    this.strokes = [];
    this.#lay(picture);
    this.#changed();
  }

  clear() {
    if (!this.isBlank) this.show(null);
  }

  /** Takes back the last stroke, or the picture. */
  undo() {
    if (this.strokes.length === 0) return this.clear();
    this.#pointer = null;
    this.strokes = this.strokes.slice(0, -1);
    this.#changed();
  }

  /** Puts the pen down. @param {number} x @param {number} y */
  begin(x, y) {
    this.#lay(null);
    this.strokes = [...this.strokes, [[round(x), round(y)]]];
    this.#changed();
  }

  /** Draws on to a point; jitter below a pixel or two is left out. @param {number} x @param {number} y */
  extend(x, y) {
    const stroke = this.strokes.at(-1);
    const last = stroke?.at(-1);
    if (!stroke || !last) return;
    const [lastX, lastY] = last;
    if (Math.hypot(x - lastX, y - lastY) < 0.004) return;
    this.strokes = [...this.strokes.slice(0, -1), [...stroke, [round(x), round(y)]]];
    this.#changed();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (this.#pointer !== null || event.button !== 0) return; // a second finger or a palm
    this.#pointer = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
    this.begin(...this.#place(event));
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerId !== this.#pointer) return;
    // All points that the hand passed since the last frame, not only the newest.
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const each of passed.length > 0 ? passed : [event]) this.extend(...this.#place(each));
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = null;
    this.dispatchEvent(new Event('stroke'));
  }

  /** @param {PointerEvent} event @returns {Point} */
  #place({ clientX, clientY }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const inside = (/** @type {number} */ share) => Math.min(1, Math.max(0, share));
    return [inside((clientX - left) / width), inside((clientY - top) / height)];
  }

  /** Pictures are large, so the one before is freed at once. @param {ImageBitmap | null} picture */
  #lay(picture) {
    if (this.#picture !== picture) this.#picture?.close();
    this.#picture = picture;
  }

  #changed() {
    this.redraw();
    this.dispatchEvent(new Event('change'));
  }

  /** Draws the whole pad with the next frame. */
  redraw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw() {
    const canvas = this.#canvas;
    const side = Math.round(canvas.clientWidth * devicePixelRatio);
    if (side === 0) return;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = contextOf(canvas);
    context.setTransform(side, 0, 0, side, 0, 0); // from here on the side is 1
    context.clearRect(0, 0, 1, 1);
    if (this.#picture) {
      const { width, height } = this.#picture;
      const scale = 1 / Math.max(width, height);
      const [w, h] = [width * scale, height * scale];
      context.drawImage(this.#picture, (1 - w) / 2, (1 - h) / 2, w, h);
    }
    const style = getComputedStyle(canvas);
    context.lineCap = context.lineJoin = 'round';
    context.strokeStyle = style.color;
    context.lineWidth = PEN;
    context.stroke(new Path2D(pathOf(this.strokes)));
    if (this.cursor) {
      const { x, y, down } = this.cursor;
      context.beginPath();
      context.arc(x, y, down ? PEN / 2 : PEN, 0, 2 * Math.PI);
      context.lineWidth = 0.008;
      context.strokeStyle = style.getPropertyValue('--accent');
      context.stroke();
    }
  }
}
