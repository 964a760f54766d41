// Several models of one network: who learns from what, and what they say together.

import { random } from '#internals';

/**
 * @import { TrainOptions, Weights } from '#internals'
 * @import { Score } from 'handful'
 */

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

/**
 * The defaults, as "Fine-tuning" in README has them, and what could be better.
 *
 * @param {boolean} isFresh @param {number} samples @param {Score} known
 * @returns {Record<string, TrainOptions>}
 */
export function recipesFor(isFresh, samples, known) {
  const same = { momentum: 0, patience: 0, seed: 0 };
  if (isFresh) {
    const usual = {
      ...same,
      ...{ epochs: Math.min(120, Math.ceil(2400 / Math.ceil(samples / 8))), batchSize: 8, labelSmoothing: 0.1 },
      ...{ optimizer: /** @type {const} */ ('adamw'), learningRate: 0.003, weightDecay: 0.1 },
      schedule: /** @type {const} */ ('one-cycle'),
    };
    return { usual, slower: { ...usual, learningRate: 0.001 }, faster: { ...usual, learningRate: 0.006 } };
  }
  const usual = {
    ...same,
    ...{ epochs: Math.min(30, Math.max(8, Math.ceil(300 / Math.ceil((0.8 * samples) / 16)))), batchSize: 16 },
    ...{ optimizer: /** @type {const} */ ('adam'), learningRate: known.accuracy === 1 ? 0.00025 : 0.001 },
    schedule: /** @type {const} */ ('cosine'),
  };
  const { learningRate, epochs } = usual;
  return {
    usual,
    slower: { ...usual, learningRate: learningRate / 3 },
    faster: { ...usual, learningRate: learningRate * 3 },
    longer: { ...usual, epochs: epochs * 2 },
  };
}
