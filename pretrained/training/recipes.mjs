// How each pretrained network is made. Recipes were chosen on 5,000 training images that were held back, never on the
// test images.

import { lenet5, mlp, resnet } from 'handful';

const adam = { optimizer: 'adam', learningRate: 0.001, momentum: 0, schedule: 'cosine', batchSize: 64 };

/** @type {Record<string, { title: string, dataset: 'mnist', spec: import('handful').Spec, seed: number, training: object }>} */
export const recipes = {
  'mnist-mlp': {
    title: 'Multilayer perceptron for handwritten digits',
    dataset: 'mnist',
    spec: mlp([784, 512, 256, 128, 64, 10]),
    seed: 1,
    training: { ...adam, epochs: 12 },
  },
  'mnist-lenet5': {
    title: 'LeNet-5 for handwritten digits',
    dataset: 'mnist',
    spec: lenet5(),
    seed: 1,
    training: { ...adam, epochs: 10 },
  },
  'mnist-resnet': {
    title: 'ResNet for handwritten digits',
    dataset: 'mnist',
    spec: resnet([2, 2, 2]),
    seed: 1,
    training: { ...adam, learningRate: 0.003, epochs: 6 },
  },
};
