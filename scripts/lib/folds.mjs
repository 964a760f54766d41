// Several models of one network: who learns from what, and what they say together.

import { random } from '#internals';

/** @import { Weights } from '#internals' */

/**
 * Shares each class's examples out among folds, as evenly as they go.
 *
 * @param {Int32Array} classes one an example
 * @param {number} count
 * @param {number} seed
 * @returns {number[][]} of each fold the examples that its model does not learn from
 */
export function foldsOf(classes, count, seed) {
  const next = random(seed);
  const order = Array.from(classes.keys(), (example) => ({ example, at: next() }));
  order.sort((a, b) => classes[a.example] - classes[b.example] || a.at - b.at);
  return Array.from({ length: count }, (_, fold) =>
    order.filter((_, i) => i % count === fold).map(({ example }) => example),
  );
}

/** @param {Float32Array[]} all of the same length */
export const meanOf = (all) => all[0].map((_, i) => all.reduce((sum, each) => sum + each[i], 0) / all.length);

/** Model soup (Wortsman et al. 2022): one model whose weights are the mean. @param {Weights[]} all @returns {Weights} */
export const meanWeights = (all) =>
  new Map(
    Array.from(all[0], ([name, { shape }]) => [
      name,
      { shape, data: meanOf(all.map((weights) => weights.get(name)?.data ?? new Float32Array())) },
    ]),
  );
