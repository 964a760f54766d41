// Somebody's pen strokes as others, or the same hand another day, would have left them: fewer points, hooks where the pen
// comes and goes, slanted, turned, narrow or wide.

import { boxOf } from '../numbers.mjs';

/** @typedef {readonly (readonly number[])[][]} Strokes points [x, y], y down */

const RADIANS = Math.PI / 180;

/**
 * A random variant, in a box about 1 high or wide. Most are mild; of a few, one thing is as strong as it gets.
 *
 * @param {Strokes} strokes
 * @param {() => number} next uniform numbers in [0, 1)
 * @param {boolean} [mild] nothing is strong
 * @returns {number[][][]}
 */
export function varied(strokes, next, mild = false) {
  const draw = (/** @type {number} */ most) => (2 * next() - 1) * most;
  const strong = mild ? 1 : next();
  const turn = RADIANS * draw(strong < 0.25 ? 33 : 9);
  const slant = Math.tan(RADIANS * draw(strong > 0.25 && strong < 0.45 ? 40 : 12));
  const stretch = Math.exp(draw(strong > 0.45 && strong < 0.65 ? Math.log(2.1) : 0.3) / 2);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const shaken = 0.012 * next();
  /** @param {readonly number[]} point */
  const place = ([x, y]) => {
    const [u, v] = [(x - slant * y) * stretch + draw(shaken), y / stretch + draw(shaken)];
    return [u * cos - v * sin, u * sin + v * cos];
  };
  const whole = toBox(strokes);
  const sparse = next() < 0.5;
  const step = 0.03 * 10 ** next(); // as a slow hand, and as a fast one on a slow tablet
  const kept = next() < 0.3 ? 0.3 + 0.6 * next() : 1;
  const hook = next() < 0.25 ? 0.04 + 0.1 * next() : 0;
  const lines = whole.map((stroke) => {
    const points = sparse ? resampled(stroke, step) : stroke;
    const left = points.filter((_, i) => i === 0 || i === points.length - 1 || next() < kept);
    return (hook > 0 ? hooked(left, hook, next) : left).map(place);
  });
  return !mild && next() < 0.04 ? [...lines, strayLine(lines, next)] : lines;
}

/** Moved and scaled so that the longer side goes from -0.5 to 0.5. @param {Strokes} strokes */
function toBox(strokes) {
  const { left, top, right, bottom } = boxOf(strokes);
  const side = Math.max(right - left, bottom - top) || 1;
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
  return strokes.map((stroke) => stroke.map(([x, y]) => [(x - middleX) / side, (y - middleY) / side]));
}

/** Points at equal steps along a stroke, and its end. @param {number[][]} stroke @param {number} step */
function resampled(stroke, step) {
  const points = [stroke[0]];
  let left = step;
  for (let i = 1; i < stroke.length; i++) {
    const [[fromX, fromY], [toX, toY]] = [stroke[i - 1], stroke[i]];
    const length = Math.hypot(toX - fromX, toY - fromY);
    let at = left;
    for (; at < length; at += step)
      points.push([fromX + ((toX - fromX) * at) / length, fromY + ((toY - fromY) * at) / length]);
    left = at - length;
  }
  return [...points, stroke[stroke.length - 1]];
}

/** With short ways of the pen before and after. @param {number[][]} stroke @param {number} length @param {() => number} next */
function hooked(stroke, length, next) {
  /** @param {number[]} point */
  const beside = ([x, y]) => {
    const angle = 2 * Math.PI * next();
    return [x + length * Math.cos(angle), y + length * Math.sin(angle)];
  };
  const before = next() < 0.6 ? [beside(stroke[0])] : [];
  const after = next() < 0.6 ? [beside(stroke[stroke.length - 1])] : [];
  return [...before, ...stroke, ...after];
}

/** A short line somewhere near. @param {number[][][]} lines @param {() => number} next */
function strayLine(lines, next) {
  const [x, y] = lines[0][0];
  const [angle, length] = [2 * Math.PI * next(), 0.15 + 0.3 * next()];
  const from = [x + 1.2 * (next() - 0.5), y + 1.2 * (next() - 0.2)];
  return [from, [from[0] + length * Math.cos(angle), from[1] + length * Math.sin(angle)]];
}
