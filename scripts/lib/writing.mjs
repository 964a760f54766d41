// Characters as a pen writes them: strokes made at random around a shape.

import { inkFromStrokes } from '#internals';

/** @typedef {[number, number]} Point in a box of 1 by 1, y down */

/**
 * @typedef {object} Part one stroke
 * @property {Point[]} points
 * @property {boolean} [round] a smooth curve through the points instead of straight lines
 * @property {number} [chance] that it is there; 1 if not said
 */

/** @param {...Point} points @returns {Part} */
export const straight = (...points) => ({ points });
/** @param {...Point} points @returns {Part} */
export const round = (...points) => ({ points, round: true });
/** @param {number} chance @param {Part} part @returns {Part} */
export const maybe = (chance, part) => ({ ...part, chance });

/**
 * Parts in short: strokes with `;` between them, points with `,`, in hundredths; `~` before a stroke makes it a curve, `?`
 * one that is there half of the time.
 *
 * @param {string} text @returns {Part[]}
 * @example partsOf('0 0, 100 0; ?~50 0, 40 50, 50 100') // a T, whose stem is bent and not always there
 */
export function partsOf(text) {
  return text.split(';').map((stroke) => {
    const [, often, bent, points] = /^\s*(\??)(~?)(.*)$/.exec(stroke) ?? [];
    const places = points.split(',').map((point) =>
      point
        .trim()
        .split(' ')
        .map((value) => Number(value) / 100),
    );
    return {
      points: /** @type {Point[]} */ (places),
      ...(bent && { round: true }),
      ...(often && { chance: 0.5 }),
    };
  });
}

/**
 * A character as somebody writes it once: turned, slanted, stretched and shaken.
 *
 * @param {Part[]} parts
 * @param {() => number} next uniform numbers in [0, 1)
 * @returns {Point[][]} strokes
 */
export function written(parts, next) {
  const draw = (/** @type {number} */ most) => (2 * next() - 1) * most;
  const [turn, shear, aspect] = [draw(0.15), 0.1 + draw(0.25), 0.75 + draw(0.25)];
  /** @param {Point} point @returns {Point} */
  const place = ([x, y]) => {
    const [u, v] = [(x - 0.5 + draw(0.06)) * aspect, y - 0.5 + draw(0.05)];
    const slanted = u - shear * v;
    return [slanted * Math.cos(turn) - v * Math.sin(turn), slanted * Math.sin(turn) + v * Math.cos(turn)];
  };
  return parts
    .filter(({ chance = 1 }) => next() < chance)
    .map((part) => (part.round ? smooth(part.points.map(place)) : part.points.map(place)));
}

/** Strokes as a network's picture. @param {readonly (readonly number[])[][]} strokes */
export function drawn(strokes) {
  const ink = inkFromStrokes(strokes);
  if (!ink) throw new Error('There is no ink in these strokes.');
  return ink;
}

const STEPS = 6;

/** Points on a curve through points (Catmull and Rom 1974). @param {Point[]} points */
export function smooth(points) {
  const at = (/** @type {number} */ i) => points[Math.min(points.length - 1, Math.max(0, i))];
  /** @type {Point[]} */
  const curve = [points[0]];
  for (let i = 0; i + 1 < points.length; i++)
    for (let step = 1; step <= STEPS; step++) {
      const t = step / STEPS;
      const weights = [
        (-t + 2 * t * t - t ** 3) / 2,
        (2 - 5 * t * t + 3 * t ** 3) / 2,
        (t + 4 * t * t - 3 * t ** 3) / 2,
        (t ** 3 - t * t) / 2,
      ];
      const along = (/** @type {0 | 1} */ axis) =>
        weights.reduce((sum, weight, k) => sum + weight * at(i - 1 + k)[axis], 0);
      curve.push([along(0), along(1)]);
    }
  return curve;
}
