// Things put together by chance: a body, and what grows out of it, stands under it, hangs from it or lies in it. They are
// like what people doodle, and each is another one, so that a detector learns no list of icons.

import { boxOf } from '../numbers.mjs';
import { ADDITIONS } from './additions.mjs';
import { BODIES } from './bodies.mjs';

/** @import { Point } from '../writing.mjs' */

/**
 * A body and what it has, as strokes. A plain body could be a 0, and with a single line a 6 or a 9: it has two additions at
 * least.
 *
 * @param {() => number} next uniform numbers in [0, 1)
 * @returns {Point[][]}
 */
export function composition(next) {
  /** @template T @param {readonly T[]} list */
  const pick = (list) => list[Math.floor(next() * list.length)];
  const { strokes, isPlain } = pick(BODIES)(next);
  const box = boxOf(strokes);
  const count = (isPlain ? 2 : 1) + Math.floor(2.5 * next() ** 2);
  const additions = Array.from({ length: count }, () => pick(ADDITIONS)(box, next)).flat();
  return [...strokes, ...additions];
}
