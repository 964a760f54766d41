// Stock TensorFlow.js, as its users would write the networks: one model, tfjs's own optimizers.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { fuse, inputsOf } from '../../src/backends/fusion.js';
import type { FusedOperation } from '../../src/backends/fusion.js';
import { segment } from '../../src/backends/operations.js';
import type { Segment, Sides, Value } from '../../src/backends/operations.js';
import { lower } from '../../src/models/lowering/lower.js';
import type { Spec } from '../../src/types.js';
import type { Call } from './clock.js';
import { examples, lacks, weights } from './work.js';
import type { Row } from './work.js';

type Parameters = Map<string, tf.Variable>;

function run(part: Segment, get: Parameters, x: tf.Tensor, training: boolean): tf.Tensor {
  const values = new Map<Value, tf.Tensor>([[part.input, x]]);
  for (const operation of fuse(part)) {
    const [x, addend] = inputsOf(operation).map((value) => values.get(value)!);
    values.set(operation.y, forward(operation, get, x!, addend, training));
  }
  return values.get(part.output)!;
}

function forward(
  operation: FusedOperation,
  get: Parameters,
  x: tf.Tensor,
  addend: tf.Tensor | undefined,
  training: boolean,
): tf.Tensor {
  const parameter = (name: string) => get.get(name) as tf.Tensor;
  switch (operation.kind) {
    case 'conv2d':
    case 'conv2dMaxPool': {
      const y = tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: parameter(operation.weight) as tf.Tensor4D,
        ...(operation.bias !== undefined && { bias: parameter(operation.bias) }),
        strides: operation.stride,
        pad: padOf(operation.padding),
        dimRoundingMode: 'floor',
        activation: operation.relu ? 'relu' : 'linear',
      });
      return operation.kind === 'conv2d' ? y : tf.maxPool(y, operation.pool, operation.pool, 'valid');
    }
    case 'dense':
      return tf.fused.matMul({
        a: x as tf.Tensor2D,
        b: parameter(operation.weight) as tf.Tensor2D,
        ...(operation.bias !== undefined && { bias: parameter(operation.bias) }),
        activation: operation.relu ? 'relu' : 'linear',
      });
    case 'batchNorm': {
      const axes = x.shape.map((_, axis) => axis).slice(0, -1);
      const { mean, variance } = training
        ? tf.moments(x, axes)
        : { mean: parameter(operation.runningMean), variance: parameter(operation.runningVariance) };
      const [shift, scale] = [parameter(operation.shift), parameter(operation.scale)] as tf.Tensor1D[];
      const y = tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, shift, scale, operation.epsilon);
      return rectified(addend ? tf.add(y, addend) : y, operation.relu);
    }
    case 'activation':
      if (operation.activation !== 'relu') return lacks(operation.activation);
      return tf.relu(x);
    case 'depthwiseConv2d':
    case 'dropout':
      return lacks(operation.kind);
    case 'maxPool':
      return tf.maxPool(x as tf.Tensor4D, [...operation.window], [...operation.stride], 'valid');
    case 'avgPool':
      return tf.mean(x, [1, 2], true); // the networks have it over whole images alone
    case 'flatten':
      return tf.reshape(x, [x.shape[0]!, -1]);
    case 'add':
      return rectified(tf.add(x, addend!), operation.relu);
  }
}

/** Zeros on all sides alike, as the networks have them. */
function padOf([top, ...others]: Sides): number {
  return others.every((side) => side === top) ? top : lacks('padding of each side by itself');
}

const rectified = (x: tf.Tensor, relu: boolean): tf.Tensor => (relu ? tf.relu(x) : x);

function parameters(spec: Spec): Parameters {
  return new Map([...weights(spec)].map(([name, { data, shape }]) => [name, tf.variable(tf.tensor(data, [...shape]))]));
}

export function prepare({ kind, batch, spec, optimizer }: Row, learningRate: number): Call {
  const get = parameters(spec);
  const part = segment(lower(spec), 0);
  const { inputs, classes } = examples(spec, batch);
  const shape = [batch, ...spec.input];
  if (kind === 'infer')
    return async () => {
      const y = tf.tidy(() => run(part, get, tf.tensor(inputs, shape), false));
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
          const logits = run(part, get, tf.tensor(inputs, shape), true);
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
