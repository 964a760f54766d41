// Networks by their definition, in float64 and without TensorFlow.js: what devices are compared with. It runs the lowered
// operations one by one, none of them fused.

import type {
  BatchNorm,
  Conv2d,
  Dense,
  DepthwiseConv2d,
  LoweredNetwork,
  Operation,
  Pool,
  Value,
} from '../../src/backends/operations.js';
import { dropoutMask } from '../../src/backends/dropout.js';
import { boundary } from '../../src/backends/operations.js';
import { sizeOf } from '../../src/common/shapes.js';
import type { Activation } from '../../src/types.js';
import { convolutionOf, convolve, pool } from './convolution.js';
import type { Convolution, Pair } from './convolution.js';
import { erf } from './erf.js';

export type Values = Map<string, Float64Array>;

interface Call {
  values: Values;
  /** Examples in the batch. */
  batch: number;
  isTraining: boolean;
  /** Of the masks of dropout. */
  key: number;
  /** Batches, flat: [N, H, W, C] or [N, C]. */
  x: Float64Array;
  addend: Float64Array;
}

const OPERATIONS: { [K in Operation['kind']]: (operation: Operation & { kind: K }, call: Call) => Float64Array } = {
  conv2d: (operation, { x, values, batch }) =>
    biased(convolve(x, get(values, operation.weight), windows(operation, batch)), operation, values),
  depthwiseConv2d: (operation, { x, values, batch }) =>
    biased(depthwise(operation, x, values, batch), operation, values),
  dense: (operation, { x, values, batch }) => biased(product(operation, x, values, batch), operation, values),
  batchNorm,
  activation: ({ activation, slope }, { x }) => x.map((value) => ACTIVATIONS[activation](value, slope)),
  dropout: ({ rate, site }, { x, isTraining, key }) => {
    const mask = dropoutMask(key, site, rate, x.length);
    return isTraining ? x.map((value, i) => (mask[i] ? value / (1 - rate) : 0)) : x;
  },
  maxPool: (operation, { x, batch }) => pool(x, windows(operation, batch), false),
  avgPool: (operation, { x, batch }) => pool(x, windows(operation, batch), true),
  flatten: (_, { x }) => x,
  add: (_, { x, addend }) => x.map((value, i) => value + (addend[i] ?? NaN)),
};

const ACTIVATIONS: Record<Activation, (value: number, slope?: number) => number> = {
  relu: (value) => Math.max(0, value),
  sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  tanh: (value) => Math.tanh(value),
  leakyRelu: (value, slope = NaN) => (value > 0 ? value : slope * value),
  gelu: (value) => 0.5 * value * (1 + erf(value / Math.SQRT2)),
  geluTanh: (value) => 0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3))),
  silu: (value) => value / (1 + Math.exp(-value)),
};

/** Logits [N, classes] of inputs [N, ...input]. */
export function forward(
  network: LoweredNetwork,
  values: Values,
  input: Float64Array,
  isTraining: boolean,
  key = 0,
): Float64Array {
  const last = network.boundaries.length - 1;
  const batch = input.length / sizeOf(boundary(network, 0).shape);
  const results = new Map<Value, Float64Array>([[boundary(network, 0), input]]);
  const result = (value: Value): Float64Array => results.get(value) ?? new Float64Array();
  for (const operation of network.operations) {
    const addend = operation.kind === 'add' ? result(operation.addend) : new Float64Array();
    const run = OPERATIONS[operation.kind] as (operation: Operation, call: Call) => Float64Array;
    results.set(operation.y, run(operation, { values, batch, isTraining, key, x: result(operation.x), addend }));
  }
  return result(boundary(network, last));
}

/** Central differences of a function of many values, in the place of `at`; it is given back as it was. */
export function finiteDifferences(f: () => number, at: Float64Array, step = 1e-5): Float64Array {
  return at.map((value, i) => {
    at[i] = value + step;
    const above = f();
    at[i] = value - step;
    const below = f();
    at[i] = value;
    return (above - below) / (2 * step);
  });
}

/** Parameters in float64, by name. */
export function float64(weights: ReadonlyMap<string, { data: Float32Array }>): Values {
  return new Map([...weights].map(([name, { data }]) => [name, Float64Array.from(data)]));
}

function get(values: Values, name: string): Float64Array {
  const found = values.get(name);
  if (!found) throw new Error(`There are no values of ${name}.`);
  return found;
}

/** What a convolution or a pool does to images. */
function windows(operation: Conv2d | DepthwiseConv2d | Pool, batch: number): Convolution {
  const [height, width, inChannels] = operation.x.shape as [number, number, number];
  const [, , outChannels] = operation.y.shape as [number, number, number];
  const kernel: Pair = 'window' in operation ? [...operation.window] : [operation.kernel, operation.kernel];
  const stride: Pair = 'window' in operation ? [...operation.stride] : [operation.stride, operation.stride];
  const [...pad] = operation.padding;
  return convolutionOf({ batch, height, width, inChannels, outChannels, kernel, stride, pad });
}

/** A convolution whose filters have zeros for all channels but one. */
function depthwise(operation: DepthwiseConv2d, x: Float64Array, values: Values, batch: number): Float64Array {
  const one = windows(operation, batch);
  const { inChannels, outChannels } = one;
  const multiplier = outChannels / inChannels;
  const own = get(values, operation.weight);
  const filter = Float64Array.from({ length: own.length * inChannels }, (_, at) => {
    const [o, i] = [at % outChannels, Math.floor(at / outChannels) % inChannels];
    return Math.floor(o / multiplier) === i
      ? (own[Math.floor(at / inChannels / outChannels) * outChannels + o] ?? NaN)
      : 0;
  });
  return convolve(x, filter, one);
}

function product({ x, y, weight }: Dense, inputs: Float64Array, values: Values, batch: number): Float64Array {
  const [width, units] = [sizeOf(x.shape), sizeOf(y.shape)];
  const matrix = get(values, weight);
  return Float64Array.from({ length: batch * units }, (_, at) => {
    const [row, unit] = [Math.floor(at / units) * width, at % units];
    return inputs
      .subarray(row, row + width)
      .reduce((sum, value, i) => sum + value * (matrix[i * units + unit] ?? NaN), 0);
  });
}

function biased(data: Float64Array, { bias }: Pick<Dense, 'bias'>, values: Values): Float64Array {
  if (bias === undefined) return data;
  const each = get(values, bias);
  return data.map((value, i) => value + (each[i % each.length] ?? NaN));
}

function batchNorm(operation: BatchNorm, { x, values, isTraining }: Call): Float64Array {
  const [scale, shift] = [get(values, operation.scale), get(values, operation.shift)];
  const channels = scale.length;
  const own = (c: number) => x.filter((_, i) => i % channels === c);
  const mean = isTraining ? scale.map((_, c) => average(own(c))) : get(values, operation.runningMean);
  const variance = isTraining
    ? scale.map((_, c) => average(own(c).map((value) => (value - (mean[c] ?? NaN)) ** 2)))
    : get(values, operation.runningVariance);
  return x.map((value, i) => {
    const c = i % channels;
    const [m = NaN, v = NaN, factor = NaN, offset = NaN] = [mean[c], variance[c], scale[c], shift[c]];
    return ((value - m) / Math.sqrt(v + operation.epsilon)) * factor + offset;
  });
}

const average = (values: Float64Array): number => values.reduce((a, b) => a + b) / values.length;
