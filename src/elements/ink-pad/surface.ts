import type { InkPoint, InkStroke } from './sketch.js';
import { paintCursor, paintInk } from './paint.js';
import type { Cursor } from './paint.js';

/** The canvas that shows strokes. */
export interface Surface {
  /** CSS pixels that are 1 in strokes: the width, or less where ink would lie outside. */
  readonly unit: number;
  /** Width and height, in units of strokes. */
  readonly size: readonly [width: number, height: number];
  /** Where a pointer is, within the pad; a pen with its pressure. */
  place(event: PointerEvent): InkPoint;
  /** Draws all with the next frame. */
  redraw(): void;
  /** Settles the unit by what has to show. */
  fit(): void;
}

/**
 * Shows strokes on a canvas: in as many pixels as the screen has there, drawn anew whenever its size, its ink or its
 * colours change.
 */
export function createSurface(
  canvas: HTMLCanvasElement,
  strokes: () => readonly InkStroke[],
  cursor: () => Cursor | undefined,
): Surface {
  let unit = 1;
  let frame = 0;
  /** Pixels of the screen, where the browser tells them. */
  let pixels: ResizeObserverSize | undefined;

  // A box in pixels of the screen changes with the page's zoom too; Safari has none.
  const observer = new ResizeObserver(([entry]) => {
    pixels = entry?.devicePixelContentBoxSize?.[0];
    draw(); // at once, so that nothing stretched is seen
  });
  try {
    observer.observe(canvas, { box: 'device-pixel-content-box' });
  } catch {
    observer.observe(canvas);
  }
  canvas.addEventListener('transitionend', redraw); // its colours or its pen have changed

  function redraw(): void {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  }

  function fit(): void {
    let [right, bottom] = [1, 0];
    for (const [x, y] of strokes().flat()) {
      right = Math.max(right, x);
      bottom = Math.max(bottom, y);
    }
    unit = Math.min(canvas.clientWidth / right, canvas.clientHeight / bottom) || 1;
  }

  function draw(): void {
    const { clientWidth, clientHeight } = canvas;
    const context = canvas.getContext('2d');
    if (!context || !clientWidth) return;
    fit();
    const width = pixels?.inlineSize ?? Math.round(clientWidth * devicePixelRatio);
    const height = pixels?.blockSize ?? Math.round(clientHeight * devicePixelRatio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const { color, caretColor, strokeWidth } = getComputedStyle(canvas);
    const percent = strokeWidth.endsWith('%') ? Math.min(clientWidth, clientHeight) / 100 : 1;
    const pen = (parseFloat(strokeWidth) * percent) / unit;
    const scale = (unit * width) / clientWidth;
    context.resetTransform();
    context.clearRect(0, 0, width, height);
    context.scale(scale, scale);
    paintInk(context, strokes(), color, pen);
    const pointer = cursor();
    if (pointer) paintCursor(context, pointer, caretColor, pen, 2 / unit);
  }

  return {
    get unit() {
      return unit;
    },
    get size(): [width: number, height: number] {
      return [canvas.clientWidth / unit, canvas.clientHeight / unit];
    },
    place({ clientX, clientY, pointerType, pressure }) {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      // A transformed pad is of another size on the screen.
      const x = (within((clientX - left) / width) * canvas.clientWidth) / unit;
      const y = (within((clientY - top) / height) * canvas.clientHeight) / unit;
      return pointerType === 'pen' ? [round(x), round(y), round(pressure)] : [round(x), round(y)];
    },
    redraw,
    fit,
  };
}

/** A share, kept to 0 to 1. */
export const within = (share: number) => Math.min(1, Math.max(0, share));

/** Four decimals: finer than any screen, and short when stored. */
export const round = (value: number) => Math.round(value * 1e4) / 1e4;
