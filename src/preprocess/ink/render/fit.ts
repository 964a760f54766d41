import { BOX, CENTRE, PEN, SIZE } from './mnist.js';

/**
 * Pixels per unit that fit a drawing into MNIST's box: `extent` is the longer side of what the middle of the pen went
 * along, `pen` the pen's width (0 if unknown), both in the drawing's units. A pen wider than its way leaves a dot, which
 * is not blown up to fill the box but drawn as a dot of the usual pen; in between it grows steadily.
 */
export function fitScale(extent: number, pen: number): number {
  const fill = extent > 0 ? (BOX - PEN) / extent : Infinity;
  const dot = pen > extent ? PEN / (pen - extent) : Infinity;
  const scale = Math.min(fill, dot);
  return Number.isFinite(scale) ? scale : 1;
}

/** Where an axis begins in the image if its centre of mass comes to the middle, kept inside as far as it fits. */
export function placeAxis(mass: number, from: number, to: number): number {
  const start = CENTRE - mass;
  return Math.min(Math.max(start, -from), Math.max(SIZE - to, -from));
}
