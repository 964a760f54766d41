// Stock TensorFlow.js on its WASM backend, as its users would write the networks: one model, tfjs's own optimizers. Its
// backend has no filter gradient, so that users have to compose one; this is handful's composition of tfjs's kernels.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { conv2DBackpropFilterConfig } from '../../src/tfjs-kernels/missing/conv2d-backprop-filter.js';
import { poolStride } from '../../src/models/spec.js';
import type { Layer, Spec } from '../../src/types.js';
import { subject } from './clock.js';
import type { Call } from './clock.js';
import { examples, weights } from './work.js';
import type { Row } from './work.js';

tf.registerKernel(conv2DBackpropFilterConfig);
setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
await tf.setBackend('wasm');

type Parameters = Map<string, tf.Variable>;

function layers(list: readonly Layer[], get: Parameters, x: tf.Tensor, training: boolean): tf.Tensor {
  return list.reduce((current, layer) => forward(layer, get, current, training), x);
}

function forward(layer: Layer, get: Parameters, x: tf.Tensor, training: boolean): tf.Tensor {
  const parameter = (suffix: string) => get.get(`${(layer as { name: string }).name}.${suffix}`) as tf.Tensor;
  switch (layer.type) {
    case 'conv2d':
      return tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: parameter('weight') as tf.Tensor4D,
        bias: parameter('bias'),
        strides: layer.stride ?? 1,
        pad: layer.padding ?? 0,
        dimRoundingMode: 'floor',
        activation: layer.activation ?? 'linear',
      });
    case 'dense':
      return tf.fused.matMul({
        a: x as tf.Tensor2D,
        b: parameter('weight') as tf.Tensor2D,
        bias: parameter('bias'),
        activation: layer.activation ?? 'linear',
      });
    case 'batchNorm': {
      const axes = x.shape.map((_, axis) => axis).slice(0, -1);
      const { mean, variance } = training
        ? tf.moments(x, axes)
        : { mean: parameter('running_mean'), variance: parameter('running_var') };
      const y = tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, parameter('bias') as tf.Tensor1D, parameter('weight') as tf.Tensor1D, 1e-5); // prettier-ignore
      return layer.activation ? tf.relu(y) : y;
    }
    case 'maxPool':
      return tf.maxPool(x as tf.Tensor4D, layer.size, poolStride(layer), 'valid');
    case 'avgPool':
      return tf.avgPool(x as tf.Tensor4D, layer.size, poolStride(layer), 'valid');
    case 'globalAvgPool':
      return tf.mean(x, [1, 2]);
    case 'flatten':
      return tf.reshape(x, [x.shape[0]!, -1]);
    case 'residual': {
      const shortcut = layer.shortcut ? layers(layer.shortcut, get, x, training) : x;
      const sum = tf.add(layers(layer.body, get, x, training), shortcut);
      return layer.activation ? tf.relu(sum) : sum;
    }
  }
}

function parameters(spec: Spec): Parameters {
  return new Map([...weights(spec)].map(([name, { data, shape }]) => [name, tf.variable(tf.tensor(data, [...shape]))]));
}

function prepare({ kind, batch, spec, optimizer }: Row, learningRate: number): Call {
  const get = parameters(spec);
  const { inputs, classes } = examples(spec, batch);
  const shape = [batch, ...spec.input];
  if (kind === 'infer')
    return async () => {
      const y = tf.tidy(() => layers(spec.layers, get, tf.tensor(inputs, shape), false));
      const logits = await y.data();
      y.dispose();
      return logits;
    };
  const update = optimizer === 'sgd' ? tf.train.sgd(learningRate) : tf.train.adam(learningRate, 0.9, 0.999, 1e-8);
  const trained = [...get].filter(([name]) => !name.includes('running')).map(([, variable]) => variable);
  const labels = Int32Array.from(classes);
  return async () => {
    const loss = tf.tidy(() =>
      update.minimize(
        () => {
          const logits = layers(spec.layers, get, tf.tensor(inputs, shape), true);
          return tf.losses.softmaxCrossEntropy(tf.oneHot(labels, 10), logits) as tf.Scalar;
        },
        true,
        trained,
      )!,
    );
    const value = await loss.data();
    loss.dispose();
    return value;
  };
}

subject(prepare, { threads: 1 });
