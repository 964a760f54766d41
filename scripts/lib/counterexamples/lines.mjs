// Lines and closed outlines that drawings are put together from.

/** @import { Point } from '../writing.mjs' */

/** @param {Point} from @param {Point} to @returns {Point[]} */
export const line = (from, to) => [from, to];

/** Closed, or nearly so, as a hand leaves it. @param {number} x @param {number} y @param {number} width @param {number} height @param {() => number} next */
export function ellipse(x, y, width, height, next) {
  const [start, sweep] = [2 * Math.PI * next(), 2 * Math.PI + 0.3 * (next() - 0.4)];
  return Array.from({ length: 15 }, (_, i) => {
    const angle = start + (sweep * i) / 14;
    return /** @type {Point} */ ([x + width * Math.cos(angle), y + height * Math.sin(angle)]);
  });
}

/** @param {number} x @param {number} y @param {number} width @param {number} height @returns {Point[]} */
export const rectangle = (x, y, width, height) => [
  [x - width, y - height],
  [x + width, y - height],
  [x + width, y + height],
  [x - width, y + height],
  [x - width, y - height],
];
