// Digits as many people write them but few Americans did for MNIST: a one with a flag and a foot, a crossed seven, a
// slashed zero, an open four, a nine with a curved tail. Pen strokes made at random around shapes thought up for this.

import { maybe, round, straight, written } from './writing.mjs';

/**
 * @import { Part, Point } from './writing.mjs'
 *
 * @typedef {object} Way one way to write a digit
 * @property {number} digit
 * @property {Part[]} parts
 */

/** @type {Point[]} */
const oval = [
  [0.55, 0],
  [0.12, 0.2],
  [0.02, 0.6],
  [0.4, 1],
  [0.9, 0.7],
  [0.9, 0.25],
  [0.5, 0],
];
const foot = maybe(0.4, straight([0.1, 1], [0.9, 1]));
const bar = straight([0.15, 0.52], [0.8, 0.5]);
const lowBar = straight([0.1, 0.68], [0.85, 0.64]);

/** @type {Way[]} */
const WAYS = [
  { digit: 0, parts: [round(...oval), straight([0.95, 0.02], [0.05, 0.98])] },
  { digit: 0, parts: [round([0.75, 0.02], ...oval.slice(1, 6), [0.6, 0.05], [0.3, 0.1])] },
  { digit: 1, parts: [straight([0.2, 0.3], [0.55, 0], [0.5, 1]), foot] },
  { digit: 1, parts: [straight([0.05, 0.42], [0.6, 0], [0.45, 1]), foot] },
  { digit: 1, parts: [straight([0, 0.62], [0.6, 0], [0.55, 1]), maybe(0.7, straight([0.2, 1], [0.95, 0.98]))] },
  { digit: 1, parts: [round([0, 0.6], [0.3, 0.4], [0.58, 0.04], [0.62, 0.3], [0.52, 1]), foot] },
  { digit: 1, parts: [straight([0.1, 0.4], [0.55, 0], [0.5, 1], [0.15, 1], [0.9, 0.98])] },
  { digit: 1, parts: [round([0.2, 0.35], [0.4, 0.22], [0.56, 0.02], [0.54, 0.5], [0.5, 1]), foot] },
  { digit: 1, parts: [straight([0.28, 0.2], [0.5, 0.02], [0.5, 1]), straight([0.12, 1], [0.88, 1])] },
  { digit: 2, parts: [straight([0.05, 0.1], [0.85, 0.02], [0.1, 0.97], [0.95, 0.95])] },
  {
    digit: 2,
    parts: [
      round([0.1, 0.25], [0.45, 0], [0.8, 0.25], [0.5, 0.65], [0.15, 0.95], [0.1, 0.78], [0.4, 0.85], [0.95, 0.97]),
    ],
  },
  {
    digit: 3,
    parts: [
      straight([0.1, 0.02], [0.85, 0.02], [0.42, 0.4]),
      round([0.42, 0.4], [0.8, 0.48], [0.88, 0.75], [0.5, 1], [0.08, 0.88]),
    ],
  },
  {
    digit: 3,
    parts: [round([0.1, 0.12], [0.6, 0], [0.75, 0.22], [0.4, 0.45], [0.75, 0.55], [0.8, 0.85], [0.4, 1], [0.05, 0.85])],
  },
  { digit: 4, parts: [straight([0.3, 0], [0.08, 0.6], [0.92, 0.58]), straight([0.65, 0.25], [0.6, 1])] },
  { digit: 4, parts: [round([0.15, 0.05], [0.12, 0.42], [0.45, 0.52], [0.8, 0.42]), straight([0.85, 0], [0.75, 1])] },
  { digit: 4, parts: [straight([0.2, 0], [0.12, 0.5], [0.75, 0.48], [0.8, 0.02], [0.72, 1])] },
  {
    digit: 4,
    parts: [round([0.15, 0.03], [0.12, 0.42], [0.4, 0.55], [0.75, 0.4], [0.84, 0.02], [0.8, 0.5], [0.74, 1])],
  },
  { digit: 4, parts: [round([0.3, 0], [0.1, 0.5], [0.45, 0.56], [0.78, 0.25], [0.76, 0.3], [0.7, 1])] },
  { digit: 4, parts: [straight([0.35, 0.02], [0.05, 0.58], [0.6, 0.56], [0.8, 0.2], [0.7, 1])] },
  { digit: 4, parts: [straight([0.7, 0.55], [0.02, 0.65], [0.65, 0], [0.6, 1])] },
  { digit: 4, parts: [straight([0.55, 0], [0.05, 0.68], [0.95, 0.66]), straight([0.6, 0.4], [0.58, 1])] },
  {
    digit: 5,
    parts: [
      round([0.25, 0.05], [0.2, 0.45], [0.6, 0.4], [0.85, 0.68], [0.55, 1], [0.08, 0.9]),
      straight([0.25, 0.03], [0.9, 0]),
    ],
  },
  {
    digit: 5,
    parts: [round([0.85, 0.02], [0.35, 0.05], [0.2, 0.3], [0.55, 0.5], [0.75, 0.75], [0.45, 1], [0.08, 0.92])],
  },
  {
    digit: 5,
    parts: [
      straight([0.9, 0], [0.22, 0.02], [0.18, 0.45]),
      round([0.18, 0.45], [0.6, 0.42], [0.82, 0.7], [0.5, 1], [0.05, 0.92]),
    ],
  },
  { digit: 6, parts: [round([0.75, 0], [0.35, 0.3], [0.1, 0.72], [0.4, 1], [0.75, 0.8], [0.5, 0.58], [0.15, 0.72])] },
  { digit: 6, parts: [round([0.55, 0], [0.25, 0.45], [0.15, 0.8], [0.5, 1], [0.7, 0.75], [0.4, 0.62], [0.15, 0.85])] },
  { digit: 7, parts: [straight([0.05, 0.05], [0.9, 0.02], [0.4, 1]), bar] },
  { digit: 7, parts: [straight([0.05, 0.05], [0.9, 0.02], [0.4, 1]), lowBar] },
  { digit: 7, parts: [round([0.05, 0.2], [0.15, 0.03], [0.5, 0.08], [0.85, 0.02], [0.6, 0.45], [0.42, 1]), lowBar] },
  { digit: 7, parts: [straight([0.1, 0.2], [0.12, 0.02], [0.85, 0.02], [0.6, 1])] },
  { digit: 7, parts: [straight([0.05, 0.18], [0.08, 0.03], [0.9, 0.03], [0.4, 1]), bar] },
  {
    digit: 7,
    parts: [round([0.05, 0.15], [0.3, 0.02], [0.6, 0.1], [0.9, 0.02], [0.6, 0.5], [0.45, 1]), maybe(0.8, bar)],
  },
  {
    digit: 7,
    parts: [straight([0.08, 0.04], [0.85, 0.02]), round([0.85, 0.02], [0.6, 0.4], [0.5, 1]), maybe(0.8, bar)],
  },
  {
    digit: 8,
    parts: [
      round([0.5, 0], [0.22, 0.1], [0.25, 0.38], [0.5, 0.46], [0.75, 0.36], [0.76, 0.1], [0.48, 0]),
      round([0.5, 0.46], [0.15, 0.6], [0.15, 0.9], [0.5, 1], [0.86, 0.9], [0.85, 0.58], [0.48, 0.46]),
    ],
  },
  {
    digit: 8,
    parts: [
      round(
        [0.85, 0.1],
        [0.45, 0],
        [0.15, 0.25],
        [0.5, 0.48],
        [0.85, 0.75],
        [0.5, 1],
        [0.15, 0.78],
        [0.5, 0.48],
        [0.85, 0.1],
      ),
    ],
  },
  {
    digit: 9,
    parts: [
      round(
        [0.8, 0.15],
        [0.45, 0],
        [0.15, 0.25],
        [0.4, 0.5],
        [0.78, 0.3],
        [0.8, 0.15],
        [0.82, 0.65],
        [0.55, 1],
        [0.1, 0.92],
      ),
    ],
  },
  {
    digit: 9,
    parts: [
      round([0.75, 0.1], [0.4, 0], [0.15, 0.25], [0.45, 0.48], [0.78, 0.3], [0.8, 0.08]),
      straight([0.8, 0.1], [0.75, 1]),
      maybe(0.4, round([0.75, 1], [0.45, 1], [0.2, 0.95])),
    ],
  },
  {
    digit: 9,
    parts: [
      round(
        [0.85, 0.05],
        [0.35, 0.08],
        [0.2, 0.3],
        [0.5, 0.42],
        [0.8, 0.2],
        [0.75, 0.6],
        [0.7, 0.9],
        [0.4, 1],
        [0.05, 0.97],
      ),
    ],
  },
];

/**
 * A digit written in one of those ways.
 *
 * @param {() => number} next uniform numbers in [0, 1)
 * @param {number} [digit] any, if not said: all are as frequent, however many ways there are to write them
 * @returns {{ digit: number, strokes: Point[][] }}
 */
export function writtenDigit(next, digit = Math.floor(next() * 10)) {
  const ways = WAYS.filter((way) => way.digit === digit);
  return { digit, strokes: written(ways[Math.floor(next() * ways.length)].parts, next) };
}
