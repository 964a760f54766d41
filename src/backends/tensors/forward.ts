import { fuse, inputsOf } from '../fusion.js';
import type { Fused, FusedBatchNorm, FusedKind } from '../fusion.js';
import type { Segment, Value } from '../operations.js';
import * as tf from '../tf.js';
import type { Tensor, Tensor1D, Tensor4D, Variable } from '../tf.js';

/** A network's parameters as tensors, by name. */
export type Variables = ReadonlyMap<string, Variable>;

interface Call {
  /** [N, …] */
  x: Tensor;
  addend: Tensor | undefined;
  parameter(name: string): Variable;
  /** Batch norm normalises with the batch and updates its running statistics. */
  isTraining: boolean;
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
  activation: ({ activation }, { x }) => tf[activation](x),
  maxPool: ({ window: [...size], stride }, { x }) => tf.maxPool(x as Tensor4D, size, stride, 'valid'),
  avgPool: ({ window: [...size], stride }, { x }) => tf.avgPool(x as Tensor4D, size, stride, 'valid'),
  flatten: (_, { x }) => tf.reshape(x, [x.shape[0] ?? 0, -1]),
  add: ({ relu }, { x, addend }) => rectified(tf.add(x, addend as Tensor), relu),
};

/** What part of a network yields for a batch [N, …]. Call within `device.run` and `tidy`. */
export function forward(part: Segment, variables: Variables, input: Tensor, isTraining: boolean): Tensor {
  const values = new Map<Value, Tensor>([[part.input, input]]);
  const parameter = (name: string): Variable => variables.get(name) as Variable;
  for (const operation of fuse(part)) {
    const [x, addend] = inputsOf(operation).map((value) => values.get(value)) as [Tensor, Tensor?];
    const run = OPERATIONS[operation.kind] as (operation: unknown, call: Call) => Tensor;
    values.set(operation.y, run(operation, { x, addend, parameter, isTraining }));
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
    pad: padding,
    dimRoundingMode: 'floor',
    activation: relu ? 'relu' : 'linear',
  });
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
