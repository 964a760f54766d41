// How each pretrained network is made. Recipes were chosen on 5,000 training images that were held back, never on the
// test images.

import { lenet5, miniVgg, mlp, resnet, resnet9 } from 'handful';

const photos = { input: [32, 32, 3] };
/** @type {Omit<Stage, 'epochs' | 'labelSmoothing'>} */
const adam = { optimizer: 'adam', learningRate: 0.001, momentum: 0, weightDecay: 0, schedule: 'cosine', batchSize: 64 };
/** @type {Omit<Stage, 'epochs' | 'labelSmoothing'>} */
const nesterov = {
  optimizer: 'nesterov',
  learningRate: 0.05,
  momentum: 0.9,
  weightDecay: 5e-4,
  schedule: 'one-cycle',
  batchSize: 32,
};

/**
 * @import { AugmentOptions } from 'handful'
 * @import { TrainOptions } from '#internals'
 *
 * @typedef {Pick<TrainOptions, 'epochs' | 'batchSize' | 'optimizer' | 'learningRate' | 'momentum' | 'weightDecay' |
 *   'schedule' | 'labelSmoothing'> & { augment?: boolean | AugmentOptions }} Stage of training
 *
 * @typedef {object} Recipe
 * @property {string} title
 * @property {'mnist' | 'cifar10'} dataset
 * @property {import('handful').Spec} spec
 * @property {number} seed
 * @property {import('../../scripts/lib/symbols-data.mjs').Amounts} [symbols] learns features of these, and of the dataset a head
 * @property {import('../../scripts/lib/hands/many-hands.mjs').Hands} [hands] what it learns from beside the dataset
 * @property {string} [from] SHA-256 of a model file whose weights it begins with, an earlier release's
 * @property {Stage[]} stages one after the other
 * @property {false} [ships] too large to come with handful: goes to the data folder
 */

/** What networks for symbols learn from: 2,288 classes, 37,000 drawings an epoch. */
const SYMBOLS = { procedural: 1600, drawings: 12, digits: 300 };

/** Digits of many hands for 55,000 images of MNIST. */
const HANDS = { pens: 3, written: 6000, scans: 5000 };

/** @type {Record<string, Recipe>} */
export const recipes = {
  'mnist-softmax': {
    title: 'Softmax regression for handwritten digits',
    dataset: 'mnist',
    spec: mlp([784, 10]),
    seed: 1,
    stages: [{ ...adam, labelSmoothing: 0, augment: false, epochs: 30 }],
  },
  'mnist-mlp': {
    title: 'Multilayer perceptron for handwritten digits',
    dataset: 'mnist',
    spec: mlp([784, 512, 256, 128, 64, 10]),
    seed: 1,
    from: 'e8fbd94f7e978fd941cd23b6002cbf208514fb6e07c7ad8560a00d3cf8ed1473',
    hands: HANDS,
    stages: [{ ...adam, labelSmoothing: 0, augment: { strength: 0.5, rotation: 24 }, epochs: 8 }],
  },
  'mnist-lenet5': {
    title: 'LeNet-5 for handwritten digits',
    dataset: 'mnist',
    spec: lenet5(),
    seed: 1,
    from: 'fc151a798436a3beb366e3bd563954368d234ba1c4aad23ccc666b7124c87fe3',
    hands: HANDS,
    stages: [
      { ...adam, labelSmoothing: 0, augment: { strength: 0.5, rotation: 24 }, epochs: 16 },
      { ...adam, labelSmoothing: 0, augment: { strength: 0.4, rotation: 25 }, epochs: 12 },
    ],
  },
  'mnist-minivgg': {
    title: 'A small VGG for handwritten digits',
    dataset: 'mnist',
    spec: miniVgg(),
    seed: 1,
    from: '1c13afe624ca865b1dff9898e1062f660c881cbd2cb0ed206488fbb7995d7491',
    hands: HANDS,
    stages: [{ ...adam, labelSmoothing: 0, augment: { strength: 0.5, rotation: 24 }, epochs: 6 }],
  },
  'mnist-resnet': {
    title: 'ResNet for handwritten digits',
    dataset: 'mnist',
    spec: resnet([2, 2, 2]),
    seed: 1,
    from: '641275f6a899fe4453207368da59cfdc33ec374c4e06c5d7af0b9e3ac4755c15',
    hands: { pens: 2, written: 4000, scans: 3000, images: 45000 },
    stages: [
      {
        ...nesterov,
        learningRate: 0.01,
        schedule: 'cosine',
        labelSmoothing: 0,
        augment: { strength: 0.4, rotation: 16 },
        epochs: 5,
      },
    ],
  },
  'symbols-lenet5': {
    title: 'LeNet-5 for symbols of your own',
    dataset: 'mnist',
    spec: lenet5(),
    seed: 1,
    symbols: SYMBOLS,
    stages: [{ ...adam, learningRate: 0.002, labelSmoothing: 0.1, epochs: 20 }],
  },
  'symbols-resnet': {
    title: 'ResNet for symbols of your own',
    dataset: 'mnist',
    spec: resnet([2, 2, 2]),
    seed: 1,
    symbols: SYMBOLS,
    stages: [
      { ...nesterov, labelSmoothing: 0.1, epochs: 6 },
      { ...nesterov, learningRate: 0.02, schedule: 'cosine', labelSmoothing: 0.1, epochs: 4 },
    ],
  },
  'cifar10-lenet5': {
    title: 'LeNet-5 for small photos',
    dataset: 'cifar10',
    spec: lenet5(photos),
    seed: 1,
    stages: [{ ...adam, learningRate: 0.002, labelSmoothing: 0, augment: { crop: 2 }, epochs: 60 }],
  },
  'cifar10-minivgg': {
    title: 'A small VGG for small photos',
    dataset: 'cifar10',
    spec: miniVgg(photos),
    seed: 1,
    stages: [
      { ...adam, labelSmoothing: 0, augment: { crop: 3 }, epochs: 40 },
      { ...adam, labelSmoothing: 0, augment: { crop: 2 }, epochs: 60 },
      {
        ...nesterov,
        learningRate: 0.02,
        schedule: 'cosine',
        batchSize: 64,
        labelSmoothing: 0,
        augment: { crop: 3 },
        epochs: 60,
      },
    ],
  },
  'cifar10-resnet': {
    title: 'ResNet for small photos',
    dataset: 'cifar10',
    spec: resnet([2, 2, 2], photos),
    seed: 1,
    stages: [
      { ...nesterov, labelSmoothing: 0, augment: true, epochs: 43 },
      { ...nesterov, schedule: 'cosine', labelSmoothing: 0, augment: true, epochs: 52 },
    ],
  },
  'cifar10-resnet9': {
    title: 'ResNet-9 for small photos',
    dataset: 'cifar10',
    spec: resnet9(),
    seed: 1,
    ships: false,
    stages: [
      { ...nesterov, learningRate: 0.1, batchSize: 128, labelSmoothing: 0.1, augment: true, epochs: 6 },
      {
        ...nesterov,
        learningRate: 0.06,
        schedule: 'cosine',
        batchSize: 128,
        labelSmoothing: 0.1,
        augment: true,
        epochs: 10,
      },
    ],
  },
};
