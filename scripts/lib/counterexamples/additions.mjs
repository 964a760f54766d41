// What a composition's body gets: a stalk, a roof, a face, wheels …

import { smooth } from '../writing.mjs';
import { ellipse, line, rectangle } from './lines.mjs';

/**
 * @import { Box } from '../numbers.mjs'
 * @import { Point } from '../writing.mjs'
 */

/**
 * What belongs to a body and is drawn after it.
 *
 * @type {((box: Box, next: () => number) => Point[][])[]}
 */
export const ADDITIONS = [
  /** A stalk above, bent or straight, perhaps with a leaf. */
  function stalk({ left, right, top }, next) {
    const x = (left + right) / 2 + 0.15 * (next() - 0.5);
    const height = 0.12 + 0.25 * next();
    const from = /** @type {Point} */ ([x, top + 0.25 * next() * height]);
    const to = /** @type {Point} */ ([x + 0.3 * (next() - 0.5), top - height]);
    const leaf = next() < 0.4 ? [petal(from, to, next)] : [];
    return [line(from, to), ...leaf];
  },
  /** A pole below, that may end in a hook, a foot or a second line. */
  function pole({ left, right, bottom }, next) {
    const [x, length] = [(left + right) / 2 + 0.08 * (next() - 0.5), 0.25 + 0.5 * next()];
    const end = next();
    const foot = 0.08 + 0.2 * next();
    const [low, side] = [bottom + length, next() < 0.5 ? -foot : foot];
    if (end < 0.3) return [smooth([[x, bottom], [x, low - foot], [x + side / 2, low], [x + side, low - foot / 2]])]; // prettier-ignore
    const apart = 0.05 + 0.12 * next();
    if (end < 0.6) return [[[x - apart, bottom], [x - apart, low], [x + apart, low], [x + apart, bottom]]]; // prettier-ignore
    return [line([x, bottom], [x, low]), ...(end < 0.8 ? [line([x - foot, low], [x + foot, low])] : [])];
  },
  /** One to four lines across, under one another below the body or in it. */
  function bars({ left, right, top, bottom }, next) {
    const count = 1 + Math.floor(3.5 * next() ** 2);
    const inside = next() < 0.4;
    const step = inside ? (bottom - top) / (count + 1) : 0.08 + 0.08 * next();
    const width = (right - left) * (inside ? 0.4 + 0.6 * next() : 0.3 + 0.5 * next());
    const middle = (left + right) / 2;
    return Array.from({ length: count }, (_, i) => {
      const y = (inside ? top : bottom) + (i + 1) * step;
      return line([middle - width / 2, y], [middle + width / 2, y]);
    });
  },
  /** A roof, a lid or a pointed hat. */
  function roof({ left, right, top }, next) {
    const [reach, height] = [0.15 * next(), 0.15 + 0.35 * next()];
    const peak = left + (right - left) * (0.35 + 0.3 * next());
    return [[[left - reach, top], [peak, top - height], [right + reach, top]]]; // prettier-ignore
  },
  /** Two ears, horns or feelers. */
  function ears({ left, right, top, bottom }, next) {
    const [width, height, low] = [0.3 * (right - left), 0.1 + 0.25 * next(), top + 0.2 * next() * (bottom - top)];
    const [open, lean] = [next() < 0.3, next()];
    const ear = (/** @type {number} */ from, /** @type {number} */ to) => {
      const tipAt = /** @type {Point} */ ([from + (to - from) * lean * 0.5, top - height]);
      return /** @type {Point[]} */ (open ? [[(from + to) / 2, top], tipAt] : [[from, low], tipAt, [to, top]]);
    };
    return [ear(left + 0.05, left + width), ear(right - 0.05, right - width)];
  },
  /** A face: two eyes, and most often a nose or a mouth. */
  function face({ left, right, top, bottom }, next) {
    const [width, height] = [right - left, bottom - top];
    const [apart, y] = [0.12 + 0.15 * next(), top + height * (0.25 + 0.2 * next())];
    const middle = (left + right) / 2;
    const small = 0.02 + 0.05 * next();
    const eyes = [-1, 1].map((side) => {
      const x = middle + side * apart * width;
      return small < 0.045 ? line([x, y], [x + 0.02, y + 0.02]) : ellipse(x, y, small, small, next);
    });
    const mouthY = top + height * (0.6 + 0.2 * next());
    const [reach, bend] = [width * (0.1 + 0.2 * next()), 0.25 * height * (next() - 0.4)];
    const mouth = smooth([[middle - reach, mouthY], [middle, mouthY + bend], [middle + reach, mouthY]]); // prettier-ignore
    return next() < 0.85 ? [...eyes, mouth] : eyes;
  },
  /** Two wheels or feet. */
  function wheels({ left, right, bottom }, next) {
    const [radius, inset] = [0.06 + 0.1 * next(), (0.1 + 0.2 * next()) * (right - left)];
    const isRound = next() < 0.7;
    return [left + inset, right - inset].map((x) =>
      isRound ? ellipse(x, bottom + 0.3 * radius, radius, radius, next) : line([x, bottom], [x, bottom + 2.5 * radius]),
    );
  },
  /** A handle at one side. */
  function handle({ left, right, top, bottom }, next) {
    const [x, side] = next() < 0.5 ? [right, 1] : [left, -1];
    const [from, to] = [top + (bottom - top) * 0.35 * next(), bottom - (bottom - top) * 0.35 * next()];
    const reach = side * (0.12 + 0.2 * next());
    return [smooth([[x, from], [x + reach, from + 0.2 * (to - from)], [x + reach, to - 0.2 * (to - from)], [x, to]])]; // prettier-ignore
  },
  /** Another outline in it. */
  function core({ left, right, top, bottom }, next) {
    const [x, y] = [(left + right) / 2, top + (bottom - top) * (0.35 + 0.3 * next())];
    const [width, height] = [(right - left) * (0.12 + 0.2 * next()), (bottom - top) * (0.12 + 0.2 * next())];
    return [next() < 0.6 ? ellipse(x, y, width, height, next) : rectangle(x, y, width, height)];
  },
  /** A mast beside or above, with a sail or a flag. */
  function mast({ left, right, top }, next) {
    const [x, height, side] = [left + (right - left) * next(), 0.4 + 0.4 * next(), next() < 0.5 ? -1 : 1];
    const reach = side * (0.2 + 0.25 * next());
    const high = top - height;
    return [line([x, top], [x, high]), [[x, high], [x + reach, high + height * (0.3 + 0.3 * next())], [x, top - 0.15 * next()]]]; // prettier-ignore
  },
  /** Rays around it, on all sides or above. */
  function rays({ left, right, top, bottom }, next) {
    const count = 4 + Math.floor(5 * next());
    const start = 2 * Math.PI * next();
    const sweep = next() < 0.7 ? 2 * Math.PI : Math.PI;
    const [x, y, width, height] = [(left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2];
    const [near, far] = [1.15, 1.4 + 0.4 * next()];
    return Array.from({ length: count }, (_, i) => {
      const [cos, sin] = [Math.cos(start + (sweep * i) / count), Math.sin(start + (sweep * i) / count)];
      return line([x + near * width * cos, y + near * height * sin], [x + far * width * cos, y + far * height * sin]);
    });
  },
  /** Lines that cross it from corner to corner and beyond. */
  function crossing({ left, right, top, bottom }, next) {
    const beyond = 0.15 * next();
    const down = line([left - beyond, top - beyond], [right + beyond, bottom + beyond]);
    const up = line([left - beyond, bottom + beyond], [right + beyond, top - beyond]);
    return next() < 0.7 ? [down, up] : [next() < 0.5 ? down : up];
  },
];

/** A leaf along a line. @param {Point} from @param {Point} to @param {() => number} next */
function petal([x, y], [toX, toY], next) {
  const [side, length] = [next() < 0.5 ? -1 : 1, 0.15 + 0.2 * next()];
  const [endX, endY] = [(x + toX) / 2 + side * length, (y + toY) / 2 - 0.1 * next()];
  const [startX, startY] = [(x + toX) / 2, (y + toY) / 2];
  const width = 0.06 + 0.06 * next();
  const middleX = (startX + endX) / 2;
  const middleY = (startY + endY) / 2;
  return smooth([[startX, startY], [middleX, middleY - width], [endX, endY], [middleX, middleY + width], [startX, startY]]); // prettier-ignore
}
