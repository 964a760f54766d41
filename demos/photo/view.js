import { contextOf } from '../shared/dom.js';

/**
 * @typedef {{ x: number, y: number }} Place in pixels of the picture
 * @typedef {Place & { side: number }} Square its middle and its side
 */

/** The smallest square, in pixels of the picture: what the networks see is not finer. */
const LEAST = 32;

/**
 * A picture with a square on it: the part that the network looks at.
 *
 * Event: `change` whenever there is another picture or the square has moved.
 */
export class View extends EventTarget {
  #canvas;
  /** @type {ImageBitmap | HTMLCanvasElement | null} */
  #picture = null;
  /** The picture's size when it was shown. */
  #width = 0;
  #height = 0;
  /** The square's middle and side, in pixels of the picture. */
  #square = { x: 0, y: 0, side: 0 };
  #cut = document.createElement('canvas');
  #frame = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    super();
    this.#canvas = canvas;
    new ResizeObserver(() => this.redraw()).observe(canvas);
  }

  get isBlank() {
    return !this.#picture;
  }

  get square() {
    return { ...this.#square };
  }

  /** From the smallest square, 0, to the whole of the picture's shorter side, 1; each step is the same ratio. */
  get size() {
    const { least, most } = this.#limits;
    return most > least ? Math.log(this.#square.side / least) / Math.log(most / least) : 1;
  }

  set size(size) {
    const { least, most } = this.#limits;
    this.place({ side: least * (most / least) ** size });
  }

  /**
   * Shows another picture, the square in its middle and as large as it can be; a live one's next frame leaves it.
   * @param {ImageBitmap | HTMLCanvasElement} picture
   */
  show(picture) {
    const { width, height } = picture;
    if (picture === this.#picture && width === this.#width && height === this.#height) return this.redraw();
    const before = this.#picture;
    if (picture !== before && before instanceof ImageBitmap) before.close(); // pictures are large
    this.#picture = picture;
    this.#width = width;
    this.#height = height;
    this.#canvas.style.setProperty('--aspect', String(width / height));
    this.place({ x: width / 2, y: height / 2, side: Infinity });
  }

  /** Puts the square somewhere else; it stays inside the picture. @param {Partial<Square>} to */
  place({ x = this.#square.x, y = this.#square.y, side = this.#square.side }) {
    if (!this.#picture) return;
    const [width, height] = [this.#width, this.#height];
    const { least, most } = this.#limits;
    const fitted = within(side, least, most);
    this.#square = {
      x: within(x, fitted / 2, width - fitted / 2),
      y: within(y, fitted / 2, height - fitted / 2),
      side: fitted,
    };
    this.redraw();
    this.dispatchEvent(new Event('change'));
  }

  /** What is in the square, pixel by pixel; the next call draws over it. */
  cut() {
    const { left, top, side } = this.#pixels;
    this.#cut.width = this.#cut.height = side; // also clears it
    if (this.#picture) contextOf(this.#cut).drawImage(this.#picture, left, top, side, side, 0, 0, side, side);
    return this.#cut;
  }

  /** The pixel of the picture at a place on the screen. @param {MouseEvent} event */
  pixelAt({ clientX, clientY }) {
    const box = this.#canvas.getBoundingClientRect();
    const { scale, left, top } = this.#fit(box.width, box.height);
    return { x: (clientX - box.left - left) / scale, y: (clientY - box.top - top) / scale };
  }

  /** Draws everything with the next frame. */
  redraw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  get #limits() {
    const most = Math.min(this.#width, this.#height);
    return { least: Math.min(LEAST, most), most };
  }

  /** The square as it is cut and drawn: whole pixels. */
  get #pixels() {
    const { x, y, side: exact } = this.#square;
    const side = Math.round(exact);
    const left = within(Math.round(x - exact / 2), 0, this.#width - side);
    const top = within(Math.round(y - exact / 2), 0, this.#height - side);
    return { left, top, side };
  }

  /** Where the whole picture lies in an area: its scale and its corner. @param {number} width @param {number} height */
  #fit(width, height) {
    const scale = Math.min(width / this.#width, height / this.#height);
    return { scale, left: (width - this.#width * scale) / 2, top: (height - this.#height * scale) / 2 };
  }

  #draw() {
    const canvas = this.#canvas;
    const width = Math.round(canvas.clientWidth * devicePixelRatio);
    const height = Math.round(canvas.clientHeight * devicePixelRatio);
    if (width === 0 || height === 0) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = contextOf(canvas);
    context.clearRect(0, 0, width, height);
    if (!this.#picture) return;
    const fit = this.#fit(width, height);
    const [w, h] = [this.#width * fit.scale, this.#height * fit.scale];
    context.imageSmoothingEnabled = fit.scale < 4; // a tiny picture shows its pixels
    context.imageSmoothingQuality = 'high';
    context.drawImage(this.#picture, fit.left, fit.top, w, h);

    const square = this.#pixels;
    const left = fit.left + square.left * fit.scale;
    const top = fit.top + square.top * fit.scale;
    const side = square.side * fit.scale;
    const around = new Path2D();
    around.rect(fit.left, fit.top, w, h);
    around.rect(left, top, side, side);
    context.fillStyle = 'rgb(0 0 0 / 0.5)';
    context.fill(around, 'evenodd');
    // White around black stands out from every picture.
    const line = 2 * devicePixelRatio;
    context.lineWidth = line;
    for (const [colour, inset] of Object.entries({ white: line / 2, black: 1.5 * line })) {
      context.strokeStyle = colour;
      context.strokeRect(left + inset, top + inset, side - 2 * inset, side - 2 * inset);
    }
  }
}

/** @param {number} value @param {number} least @param {number} most */
function within(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
