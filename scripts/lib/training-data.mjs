// What a recipe's network is made from: examples to learn from, those held back, and test images.

import { defaultPreprocess } from '#internals';
import { loadCifar10 } from '../data/cifar10.mjs';
import { loadMnist } from '../data/mnist.mjs';
import { pick, split } from '../data/subset.mjs';
import { withHands } from './synthetic-handwriting.mjs';
import { toInputs } from './inputs.mjs';
import { symbolTraining } from './symbols-training.mjs';

/** @import { Part } from '../data/subset.mjs' */

/** So many training images decide about recipes, temperatures and thresholds. */
export const HELD_BACK = 5000;

const DATASETS = {
  mnist: { read: loadMnist, title: 'MNIST (LeCun, Cortes and Burges), 60,000', licence: 'MNIST: CC BY-SA 3.0' },
  cifar10: {
    read: loadCifar10,
    title: 'CIFAR-10 (Krizhevsky 2009), 50,000',
    licence: 'CIFAR-10: no licence is stated',
  },
};

/** @param {import('../../pretrained/training/recipes.mjs').Recipe} recipe */
export async function trainingData({ dataset, spec, seed, hands = 0, symbols }) {
  const { read, title, licence } = DATASETS[dataset];
  const data = await read();
  const preprocess = defaultPreprocess(spec.input);
  const { train, validation } = split(data.train.labels, HELD_BACK, seed);
  /** @param {Part} part */
  const ready = ({ images, labels }) => ({ inputs: toInputs(images, preprocess), classes: Int32Array.from(labels) });
  const images = pick(data.train, train);
  return {
    title,
    licence,
    labels: data.labels,
    preprocess,
    train: withHands(ready(images), hands, preprocess, seed),
    held: ready(pick(data.train, validation)),
    test: ready(data.test),
    symbols: symbols && (await symbolTraining(symbols, images, preprocess, seed)),
  };
}
