// What a composition begins with: an outline or two of some kind, about 1 high or wide, y down.

import { smooth } from '../writing.mjs';
import { ellipse, line } from './lines.mjs';

/** @import { Point } from '../writing.mjs' */

/** @typedef {{ strokes: Point[][], isPlain: boolean }} Body plain if hardly more than a 0 or an 8 */

/** @type {((next: () => number) => Body)[]} */
export const BODIES = [
  /** Two halves that mirror each other, notched or swollen where it happens. */
  function symmetrical(next) {
    const count = 3 + Math.floor(3 * next());
    const half = Array.from({ length: count }, (_, i) => {
      const y = (i + 0.5 * (next() - 0.5)) / (count - 1);
      return /** @type {Point} */ ([0.12 + 0.42 * next(), y]);
    });
    const [top, bottom] = [tip(0, next), tip(1, next)];
    const other = half.toReversed().map(([x, y]) => /** @type {Point} */ ([-x, y]));
    const outline = [top, ...half, bottom, ...other, top];
    return { strokes: [next() < 0.7 ? smooth(outline) : outline], isPlain: false };
  },
  /** Round or oval. */
  function round(next) {
    return { strokes: [ellipse(0, 0.5, 0.3 + 0.25 * next(), 0.3 + 0.25 * next(), next)], isPlain: true };
  },
  /** A curve up and over, with a straight line below it or above. */
  function cap(next) {
    const [width, height, flat] = [0.35 + 0.25 * next(), 0.25 + 0.5 * next(), 0.5 + 0.5 * next()];
    /** @type {Point[]} */
    const arch = [[-width, height], [-width * flat, 0.25 * height], [0, 0], [width * flat, 0.25 * height], [width, height]]; // prettier-ignore
    const strokes = [
      smooth(arch),
      next() < 0.7 ? line([-width, height], [width, height]) : scallop(width, height, next),
    ];
    return { strokes: next() < 0.2 ? upsideDown(strokes, height) : strokes, isPlain: false };
  },
  /** Four corners, wider above or below. */
  function box(next) {
    const [above, below, height] = [0.15 + 0.4 * next(), 0.15 + 0.4 * next(), 0.3 + 0.6 * next()];
    return {
      strokes: [[[-above, 0], [above, 0], [below, height], [-below, height], [-above, 0]]], // prettier-ignore
      isPlain: true,
    };
  },
  /** Any outline with corners, or round ones. */
  function outline(next) {
    const corners = 3 + Math.floor(5 * next());
    const start = 2 * Math.PI * next();
    const points = Array.from({ length: corners }, (_, i) => {
      const angle = start + (2 * Math.PI * (i + 0.4 * (next() - 0.5))) / corners;
      const reach = 0.2 + 0.35 * next();
      return /** @type {Point} */ ([reach * Math.cos(angle), 0.5 + reach * Math.sin(angle)]);
    });
    const closed = [...points, points[0]];
    return { strokes: [next() < 0.5 ? smooth(closed) : closed], isPlain: true };
  },
  /** Two or three round things that touch or share a line. */
  function row(next) {
    const count = 2 + Math.floor(1.6 * next());
    const down = next() < 0.25;
    const [radius, gap] = [0.18 + 0.12 * next(), 0.4 + 0.3 * next()];
    const strokes = Array.from({ length: count }, (_, i) => {
      const along = (i - (count - 1) / 2) * gap;
      return ellipse(down ? 0 : along, 0.5 + (down ? along : 0), radius, radius * (0.8 + 0.4 * next()), next);
    });
    return { strokes, isPlain: true };
  },
];

/** Where the halves of an outline meet: drawn in, flat or pointed. @param {number} y @param {() => number} next @returns {Point} */
const tip = (y, next) => [0, y + 0.3 * (next() - 0.5)];

/** A wavy lower edge. @param {number} width @param {number} y @param {() => number} next */
function scallop(width, y, next) {
  const count = 2 + Math.floor(3 * next());
  const depth = (next() < 0.5 ? -1 : 1) * (0.05 + 0.1 * next());
  return smooth(
    Array.from(
      { length: 2 * count + 1 },
      (_, i) => /** @type {Point} */ ([-width + (width * i) / count, y + (i % 2) * depth]),
    ),
  );
}

/** @param {Point[][]} strokes @param {number} height */
const upsideDown = (strokes, height) =>
  strokes.map((stroke) => stroke.map(([x, y]) => /** @type {Point} */ ([x, height - y])));
