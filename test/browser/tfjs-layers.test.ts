// A plain TensorFlow.js model trains on WASM with nothing but `import 'handful/tfjs-kernels'`, and as tfjs's own CPU
// backend trains it.

import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { assert } from 'chai';
import { draws } from '../support/draws.js';
import { at, nth } from '../support/lists.js';

const IMAGE = [12, 12, 3];
const [BATCH, CLASSES, STEPS] = [8, 4, 6];

/** Every layer with weights begins as it would, but from a seed, so that both backends begin alike. */
const seeded = (seed: number) => ({ kernelInitializer: layers.initializers.glorotUniform({ seed }) });
const depthwise = (seed: number) => ({ depthwiseInitializer: layers.initializers.glorotUniform({ seed }) });

const models: Record<string, () => layers.layers.Layer[]> = {
  "convolutions of 'same' and 'valid' padding, stride 2, max-pooling, batch norm, dropout": () => [
    layers.layers.conv2d({
      filters: 6,
      kernelSize: 5,
      padding: 'same',
      activation: 'relu',
      inputShape: IMAGE,
      ...seeded(1),
    }),
    layers.layers.maxPooling2d({ poolSize: 2 }),
    layers.layers.conv2d({ filters: 8, kernelSize: 3, padding: 'valid', useBias: false, ...seeded(2) }),
    layers.layers.batchNormalization({}),
    layers.layers.activation({ activation: 'relu' }),
    layers.layers.conv2d({
      filters: 7,
      kernelSize: 3,
      strides: 2,
      padding: 'same',
      activation: 'sigmoid',
      ...seeded(3),
    }),
    layers.layers.flatten(),
    layers.layers.dropout({ rate: 0.25, seed: 4 }),
    layers.layers.dense({ units: 16, activation: 'relu', ...seeded(5) }),
    layers.layers.dense({ units: CLASSES, activation: 'softmax', ...seeded(6) }),
  ],
  'overlapping pools, mean pools, a mean of the whole image': () => [
    layers.layers.conv2d({
      filters: 5,
      kernelSize: [3, 1],
      strides: [2, 1],
      activation: 'relu',
      inputShape: IMAGE,
      ...seeded(1),
    }),
    layers.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
    layers.layers.averagePooling2d({ poolSize: 2, strides: 1 }), // tfjs's gradient is wrong at 'same' padding
    layers.layers.conv2d({ filters: 6, kernelSize: 1, ...seeded(2) }),
    layers.layers.globalAveragePooling2d({}),
    layers.layers.dense({ units: CLASSES, activation: 'softmax', ...seeded(3) }),
  ],
  'depthwise and transposed convolutions': () => [
    layers.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', inputShape: IMAGE, ...depthwise(1) }),
    layers.layers.depthwiseConv2d({ kernelSize: [2, 3], strides: 2, depthMultiplier: 2, ...depthwise(2) }),
    layers.layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, ...seeded(3) }),
    layers.layers.flatten(),
    layers.layers.dense({ units: CLASSES, activation: 'softmax', ...seeded(4) }),
  ],
};

interface Run {
  losses: number[];
  weights: Float32Array[];
  predictions: Float32Array;
}

async function train(backend: string, make: () => layers.layers.Layer[], optimizer: () => tf.Optimizer): Promise<Run> {
  await tf.setBackend(backend);
  assert.equal(tf.getBackend(), backend);
  const { numTensors } = tf.memory();
  const { normal, whole } = draws(5);
  const model = layers.sequential({ layers: make() });
  const adjust = optimizer();
  model.compile({ optimizer: adjust, loss: 'categoricalCrossentropy' });
  const images = tf.tensor4d(normal(BATCH * 12 * 12 * 3), [BATCH, 12, 12, 3]);
  const classes = tf.tensor1d(
    Int32Array.from({ length: BATCH }, () => whole(0, CLASSES - 1)),
    'int32',
  );
  const truth = tf.tidy(() => tf.cast(tf.oneHot(classes, CLASSES), 'float32'));
  const losses: number[] = [];
  for (let i = 0; i < STEPS; i++) losses.push((await model.trainOnBatch(images, truth)) as number);
  const { history } = await model.fit(images, truth, { epochs: 2, batchSize: BATCH / 2, shuffle: false, verbose: 0 });
  losses.push(...(history.loss as number[]));
  const output = model.predict(images) as tf.Tensor;
  const predictions = (await output.data()) as Float32Array;
  const weights = (await Promise.all(model.getWeights().map((weight) => weight.data()))) as Float32Array[];
  tf.dispose([images, classes, truth, output]);
  model.dispose();
  adjust.dispose();
  assert.equal(tf.memory().numTensors, numTensors, 'tensors are left');
  return { losses, weights, predictions };
}

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - at(b, i))), 0);
}

describe('a tfjs-layers model', () => {
  before(async () => {
    setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
    await import('../../src/tfjs-kernels/index.js'); // all that a user does
  });

  for (const [title, make] of Object.entries(models))
    for (const [name, optimizer] of Object.entries({
      sgd: () => tf.train.sgd(0.05),
      adam: () => tf.train.adam(0.005),
    }))
      it(`${title}: with ${name}`, async () => {
        const own = await train('wasm', make, optimizer);
        const expected = await train('cpu', make, optimizer);
        assert.isBelow(worst(own.losses, expected.losses), 1e-4, `losses ${own.losses}, on CPU ${expected.losses}`);
        assert.isBelow(worst(own.predictions, expected.predictions), 1e-3, 'predictions');
        own.weights.forEach((weight, i) =>
          assert.isBelow(worst(weight, nth(expected.weights, i)), 2e-3, `weight ${i}`),
        );
        assert.isBelow(at(own.losses, STEPS - 1), at(own.losses, 0), 'it learns');
      });
});
