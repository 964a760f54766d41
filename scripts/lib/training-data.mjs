// What a recipe's network is made from: examples to learn from, those held back, and test images.

import { defaultPreprocess, random } from '#internals';
import { loadCifar10 } from '../data/cifar10.mjs';
import { loadMnist } from '../data/mnist.mjs';
import { pick, shuffled, split } from '../data/subset.mjs';
import { loadPenDigits } from '../data/pen-digits.mjs';
import { manyHands, scansOf, withExamples } from './hands/many-hands.mjs';
import { toInputs } from './inputs.mjs';
import { symbolTraining } from './symbols-training.mjs';
import { drawn } from './writing.mjs';

/** @import { Part } from '../data/subset.mjs' */

/** So many training images decide about recipes, temperatures and thresholds. */
export const HELD_BACK = 5000;
/** And so many scans of them and of people's pen strokes. */
const SCANS = 1000;

const DATASETS = {
  mnist: { read: loadMnist, title: 'MNIST (LeCun, Cortes and Burges), 60,000', licence: 'MNIST: CC BY-SA 3.0' },
  cifar10: {
    read: loadCifar10,
    title: 'CIFAR-10 (Krizhevsky 2009), 50,000',
    licence: 'CIFAR-10: no licence is stated',
  },
};

/** @param {import('../../pretrained/training/recipes.mjs').Recipe} recipe */
export async function trainingData({ dataset, spec, seed, hands, symbols }) {
  const { read, title, licence } = DATASETS[dataset];
  const data = await read();
  const preprocess = defaultPreprocess(spec.input);
  const { train, validation } = split(data.train.labels, HELD_BACK, seed);
  /** @param {Part} part */
  const ready = ({ images, labels }) => ({ inputs: toInputs(images, preprocess), classes: Int32Array.from(labels) });
  const some = hands?.images && shuffled(train.length, seed).slice(0, hands.images);
  const images = pick(data.train, some ? some.map((i) => train[i]) : train);
  const examples = hands ? manyHands(hands, (await loadPenDigits()).training, images, seed) : [];
  const digits = ready(images);
  const heldImages = pick(data.train, validation);
  const held = ready(heldImages);
  return {
    title,
    licence,
    labels: data.labels,
    preprocess,
    /** The dataset's images that it learns from. */
    images,
    /** Those that are drawn anew each time, at the beginning of `train`. */
    examples,
    train: examples.length > 0 ? withExamples(examples, digits, preprocess, seed) : digits, // photos are many megabytes
    held,
    /** What chooses temperatures and thresholds, which are to be right on each. */
    choosing: hands ? [held, ...(await otherHands(heldImages, preprocess, seed))] : [held],
    test: ready(data.test),
    symbols: symbols && (await symbolTraining(symbols, images, preprocess, seed)),
  };
}

/** People's pen strokes, and scans. @param {Part} images @param {import('handful').Preprocessing} preprocess @param {number} seed */
async function otherHands(images, preprocess, seed) {
  const drawings = (await loadPenDigits()).choosing;
  /** @type {import('./hands/many-hands.mjs').Example[]} */
  const strokes = drawings.map(({ label, strokes }) => ({
    kind: 'pen',
    digit: Number(label),
    draw: () => drawn(strokes),
  }));
  const nothing = { inputs: new Float32Array(0), classes: new Int32Array(0) };
  const scans = scansOf(SCANS, drawings, images, random(seed), true);
  return [strokes, scans].map((examples) => withExamples(examples, nothing, preprocess, seed));
}
