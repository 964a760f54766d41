// Gradients of sums and means that upload nothing, on tfjs's CPU backend; they are for every backend.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'; // as tfjs-layers does
import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { registerReductionGradients } from '../../src/tfjs-kernels/gradients/reductions.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';

const SHAPE = [4, 5, 6, 3] as const;
const { normal } = draws(1);
let x: tf.Tensor;
let weights: tf.Tensor;

type Work = (x: tf.Tensor) => tf.Tensor;

const works: Record<string, Work> = {
  'a sum of everything': (x) => tf.sum(tf.square(x)),
  'a sum along an axis from the end': (x) => tf.sum(tf.square(tf.sum(x, -1))),
  'a mean of everything': (x) => tf.square(tf.mean(x)),
  'a mean along axes that stay': (x) => tf.sum(tf.mul(x, tf.square(tf.mean(x, [1, 2], true)))),
  'batch norm': (x) => {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    return tf.sum(tf.mul(weights, tf.square(tf.tanh(tf.batchNorm(x, mean, variance, weights, weights)))));
  },
};

/** The gradient by x, and numbers in the largest tensor that was made of the CPU's values on the way. */
function gradient(work: Work): { values: Float32Array; uploaded: number } {
  const engine = tf.engine();
  const { makeTensor } = engine;
  let uploaded = 0;
  engine.makeTensor = function (values, shape, ...rest) {
    uploaded = Math.max(uploaded, tf.util.sizeFromShape(shape));
    return makeTensor.call(this, values, shape, ...rest);
  };
  try {
    const values = tf.tidy(() => tf.grad(work)(x).dataSync()) as Float32Array;
    return { values: values.slice(), uploaded };
  } finally {
    engine.makeTensor = makeTensor;
  }
}

describe('gradients as TensorFlow.js has them, without its ones', () => {
  let stock: Record<string, ReturnType<typeof gradient>>;
  before(async () => {
    await tf.setBackend('cpu');
    x = tf.tensor4d(normal(4 * 5 * 6 * 3), [...SHAPE]);
    weights = tf.tensor1d(normal(3));
    stock = Object.fromEntries(Object.entries(works).map(([name, work]) => [name, gradient(work)]));
    registerReductionGradients();
  });

  for (const [name, work] of Object.entries(works))
    it(`of ${name}`, () => {
      const { numTensors } = tf.memory();
      const { values, uploaded } = gradient(work);
      const expected = stock[name]!;
      assertClose(values, expected.values, 1e-6);
      assert.equal(expected.uploaded, x.size);
      assert.isAtMost(uploaded, 3);
      assert.equal(tf.memory().numTensors, numTensors);
    });
});
