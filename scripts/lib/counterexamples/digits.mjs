// Digits that are none any more: mirrored, turned, several of them, one over the other, parts of four.

import { drawn } from '../writing.mjs';
import { varied } from '../hands/vary-strokes.mjs';

/** @typedef {readonly (readonly number[])[][]} Strokes */

const SIZE = 28;

/** What is another thing in a mirror. */
export const MIRRORED = [2, 3, 4, 5, 6, 7, 9];
/** What is no digit when it lies on its side: an 8 may be one that somebody turned, a 0 is one. */
const LYING = [1, 2, 3, 4, 5, 6, 7, 9];
/** What is no digit upside down. */
const UPSIDE_DOWN = [3, 4, 7];

/** Strokes scaled, and moved. @param {Strokes} lines @param {number} scale @param {number} x @param {number} y */
export const placed = (lines, scale, x, y) => mapped(lines, ([u, v]) => [scale * u + x, scale * v + y]);

/**
 * Makers of such pictures, [28, 28].
 *
 * @param {() => number} next uniform numbers in [0, 1)
 * @param {(among?: number[]) => Strokes} strokes of a random digit, of those if said
 * @param {(among?: number[]) => Float32Array} image of a random digit, [28, 28], 0 to 1
 */
export function spoiltDigits(next, strokes, image) {
  const pick = (/** @type {number[]} */ list) => list[Math.floor(next() * list.length)];
  const side = () => (next() < 0.5 ? 1 : -1);
  return {
    mirrored: () =>
      next() < 0.5
        ? drawn(mapped(varied(strokes(MIRRORED), next), ([x, y]) => [-x, y]))
        : cells(image(MIRRORED), (x, y) => [SIZE - 1 - x, y]),
    turned() {
      const sign = side();
      if (next() < 0.7)
        return next() < 0.5
          ? drawn(mapped(varied(strokes(LYING), next), ([x, y]) => [-sign * y, sign * x]))
          : cells(image(LYING), (x, y) => (sign > 0 ? [y, SIZE - 1 - x] : [SIZE - 1 - y, x]));
      return next() < 0.5
        ? drawn(mapped(varied(strokes(UPSIDE_DOWN), next), ([x, y]) => [-x, -y]))
        : cells(image(UPSIDE_DOWN), (x, y) => [SIZE - 1 - x, SIZE - 1 - y]);
    },
    several() {
      const count = pick([2, 2, 2, 3, 3, 4]);
      const gap = 0.55 + 0.45 * next();
      const slope = 0.3 * (next() - 0.5);
      const down = next() < 0.1;
      const all = Array.from({ length: count }, (_, i) => {
        const [along, across] = [i * gap, slope * i + 0.1 * (next() - 0.5)];
        return placed(varied(strokes(), next), 0.85 + 0.3 * next(), down ? across : along, down ? along * 1.3 : across);
      });
      return drawn(all.flat());
    },
    overlaid: () =>
      drawn([
        ...varied(strokes(), next),
        ...placed(varied(strokes(), next), 0.6 + 0.6 * next(), 0.5 * (next() - 0.5), 0.5 * (next() - 0.5)),
      ]),
    quarters() {
      const four = [image(), image(), image(), image()];
      const flip = next() < 0.5 ? SIZE / 2 : 0; // halves changed places: no loop closes
      return new Float32Array(SIZE * SIZE).map((_, i) => {
        const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
        const from = four[(y < SIZE / 2 ? 0 : 2) + (x < SIZE / 2 ? 0 : 1)];
        return from[((y + flip) % SIZE) * SIZE + ((x + flip) % SIZE)];
      });
    },
  };
}

/** @param {Strokes} strokes @param {(point: readonly number[]) => number[]} place */
const mapped = (strokes, place) => strokes.map((stroke) => stroke.map((point) => place(point)));

/** Cells from other places. @param {Float32Array} image @param {(x: number, y: number) => number[]} from */
function cells(image, from) {
  return image.map((_, i) => {
    const [x, y] = from(i % SIZE, Math.floor(i / SIZE));
    return image[y * SIZE + x];
  });
}
