import { dropoutMask } from '../dropout.js';
import { fuse, inputsOf } from '../fusion.js';
import type { Fused, FusedBatchNorm, FusedKind } from '../fusion.js';
import type { Activate, Pool, Segment, Sides, Value } from '../operations.js';
import * as tf from '../tf.js';
import type { Rank, Tensor, Tensor1D, Tensor4D, Variable } from '../tf.js';

/** A network's parameters as tensors, by name. */
export type Variables = ReadonlyMap<string, Variable>;

interface Call {
  /** [N, …] */
  x: Tensor;
  addend: Tensor | undefined;
  parameter(name: string): Variable;
  /** Batch norm normalises with the batch and updates its running statistics. */
  isTraining: boolean;
  /** Of the masks of dropout. */
  key: number;
}

/** Each kind of operation as tfjs's. */
const OPERATIONS: { readonly [K in FusedKind]: (operation: Fused<K>, call: Call) => Tensor } = {
  conv2d,
  conv2dMaxPool: (operation, call) =>
    tf.maxPool(conv2d(operation, call) as Tensor4D, operation.pool, operation.pool, 0),
  dense: ({ weight, bias, relu }, { x, parameter }) =>
    tf.fused.matMul({
      a: x, // [N, in]
      b: parameter(weight), // [in, units]
      ...(bias !== undefined && { bias: parameter(bias) }),
      activation: relu ? 'relu' : 'linear',
    }),
  batchNorm(operation, call) {
    const y = call.isTraining ? byBatch(operation, call) : byRunningStatistics(operation, call);
    return rectified(call.addend ? tf.add(y, call.addend) : y, operation.relu);
  },
  depthwiseConv2d: depthwise,
  activation: activated,
  dropout: ({ rate, site }, { x, isTraining, key }) =>
    isTraining ? tf.mul(x, tf.tensor(dropoutMask(key, site, rate, x.size), x.shape)) : x,
  maxPool: ({ window: [...size], stride: [...stride], padding }, { x }) =>
    tf.maxPool(padded(x, padding, -3e38), size, stride, 'valid'),
  avgPool: averages,
  flatten: (_, { x }) => tf.reshape(x, [x.shape[0] ?? 0, -1]),
  add: ({ relu }, { x, addend }) => rectified(tf.add(x, addend as Tensor), relu),
};

/** What part of a network yields for a batch [N, …]. Call within `device.run` and `tidy`. @param key For dropout. */
export function forward(part: Segment, variables: Variables, input: Tensor, isTraining: boolean, key = 0): Tensor {
  const values = new Map<Value, Tensor>([[part.input, input]]);
  const parameter = (name: string): Variable => variables.get(name) as Variable;
  for (const operation of fuse(part)) {
    const [x, addend] = inputsOf(operation).map((value) => values.get(value)) as [Tensor, Tensor?];
    const run = OPERATIONS[operation.kind] as (operation: unknown, call: Call) => Tensor;
    values.set(operation.y, run(operation, { x, addend, parameter, isTraining, key }));
  }
  return values.get(part.output) as Tensor;
}

function conv2d(
  { weight, bias, stride, padding, relu }: Omit<Fused<'conv2d'>, 'kind'>,
  { x, parameter }: Call,
): Tensor {
  return tf.fused.conv2d({
    x: x as Tensor4D, // [N, H, W, Ci]
    filter: parameter(weight) as Tensor as Tensor4D, // [K, K, Ci, Co]
    ...(bias !== undefined && { bias: parameter(bias) }),
    strides: stride,
    pad: explicit(padding),
    dimRoundingMode: 'floor',
    activation: relu ? 'relu' : 'linear',
  });
}

function depthwise(
  { weight, bias, kernel, stride, padding, relu }: Fused<'depthwiseConv2d'>,
  { x, parameter }: Call,
): Tensor {
  const channels = x.shape[3] ?? 0;
  const filter = tf.reshape<Rank.R4>(parameter(weight), [kernel, kernel, channels, -1]);
  const y = tf.depthwiseConv2d(x as Tensor4D, filter, stride, explicit(padding), 'NHWC', 1, 'floor');
  return rectified(bias === undefined ? y : tf.add(y, parameter(bias)), relu);
}

function activated({ activation, slope = 0 }: Activate, { x }: Call): Tensor {
  switch (activation) {
    case 'leakyRelu':
      return tf.leakyRelu(x, slope);
    case 'silu':
      return tf.mul(x, tf.sigmoid(x));
    case 'gelu':
      return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
    case 'geluTanh': {
      const cube = tf.mul(x, tf.square(x));
      return tf.mul(x, tf.sigmoid(tf.mul(tf.add(x, tf.mul(cube, 0.044715)), Math.sqrt(8 / Math.PI))));
    }
    default:
      return tf[activation](x);
  }
}

/** Means that leave the padding out: of sums with zeros there, and of ones. */
function averages({ window: [...size], stride: [...stride], padding }: Pool, { x }: Call): Tensor {
  const mean = (of: Tensor) => tf.avgPool(padded(of, padding, 0), size, stride, 'valid');
  return padding.some((side) => side > 0) ? tf.div(mean(x), mean(tf.ones(x.shape))) : mean(x);
}

function padded(x: Tensor, padding: Sides, value: number): Tensor4D {
  return (padding.some((side) => side > 0) ? tf.pad(x, explicit(padding), value) : x) as Tensor4D;
}

type OfAxes = [[number, number], [number, number], [number, number], [number, number]];

function explicit([top, bottom, left, right]: Sides): OfAxes {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

const rectified = (x: Tensor, relu: boolean): Tensor => (relu ? tf.relu(x) : x);

/** (x - running mean) / sqrt(running variance + epsilon) · scale + shift (Ioffe and Szegedy 2015). */
function byRunningStatistics(operation: FusedBatchNorm, { x, parameter }: Call): Tensor {
  const [mean, variance, shift, scale] = [
    operation.runningMean,
    operation.runningVariance,
    operation.shift,
    operation.scale,
  ].map((name) => parameter(name) as Tensor as Tensor1D) as [Tensor1D, Tensor1D, Tensor1D, Tensor1D];
  return tf.batchNorm(x, mean, variance, shift, scale, operation.epsilon);
}

/** The same with the batch's own mean and variance; the running ones move towards them by `momentum`. */
function byBatch(operation: FusedBatchNorm, { x, parameter }: Call): Tensor {
  const { epsilon, momentum } = operation;
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const mean = tf.mean(x, axes); // [C]
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes); // [C], biased

  // PyTorch normalises with the biased variance and remembers the unbiased one.
  const count = x.size / mean.size;
  const move = (variable: Variable, value: Tensor) =>
    variable.assign(tf.add(tf.mul(variable, 1 - momentum), tf.mul(value, momentum)));
  move(parameter(operation.runningMean), mean);
  move(parameter(operation.runningVariance), tf.mul(variance, count / Math.max(1, count - 1)));

  const scale = tf.mul(tf.rsqrt(tf.add(variance, epsilon)), parameter(operation.scale)); // [C]
  return tf.add(tf.mul(centred, scale), parameter(operation.shift));
}
