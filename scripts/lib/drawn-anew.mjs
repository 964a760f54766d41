// Examples that are drawn anew whenever they are looked at: what is done to strokes is the example's, the rest is done here.

import { createAugment, random, standardise } from '#internals';

/**
 * @import { Preprocessing } from 'handful'
 *
 * @typedef {ReturnType<typeof createAugment>} Augment
 *
 * @typedef {object} Drawable
 * @property {(next: () => number) => Float32Array} draw its picture, [28, 28], values 0 to 1
 */

/** Pixels of an example. */
export const SIZE = 784;

/** What is done to drawings once they are pixels: the rest is done to their strokes. */
const PIXELS = { rotation: 3, scale: 0.12, aspect: 0.05, shear: 0.05, shift: 1, elastic: 0.7, thickness: 0.5 };

/**
 * A network's inputs, each example drawn once.
 *
 * @param {Drawable[]} examples @param {Preprocessing} preprocess @param {number} seed
 */
export function drawnOnce(examples, preprocess, seed) {
  const next = random(seed);
  const inputs = new Float32Array(examples.length * SIZE);
  for (const [i, { draw }] of examples.entries()) standardise(draw(next), preprocess, inputs, i * SIZE);
  return inputs;
}

/**
 * An augmentation of a dataset that begins with examples: these are drawn anew.
 *
 * @param {Drawable[]} examples
 * @param {Augment | undefined} others augmentation of what comes after the examples, if anything does
 * @param {number[]} input shape of a network's input @param {Preprocessing} preprocess
 * @returns {Augment}
 */
export function drawingAnew(examples, others, input, preprocess) {
  const vary = createAugment(input, preprocess, PIXELS);
  const fresh = new Float32Array(SIZE);
  return (source, from, target, to, next) => {
    const example = examples[from / SIZE];
    if (!example) return others?.(source, from, target, to, next);
    standardise(example.draw(next), preprocess, fresh, 0);
    return vary(fresh, 0, target, to, next);
  };
}
