// Networks by their definition, in float64 and without TensorFlow.js: what devices are compared with.

import { poolStride } from '../../src/models/spec.js';
import type { Activation, BatchNormLayer, Layer, PoolLayer, Spec } from '../../src/types.js';
import { convolutionOf, convolve, pool } from './convolution.js';
import type { Convolution, Pair } from './convolution.js';

export type Values = Map<string, Float64Array>;

interface Batch {
  /** [N, H, W, C] or [N, C] */
  shape: number[];
  data: Float64Array;
}

/** Logits [N, classes] of inputs [N, ...input]. */
export function forward(spec: Spec, values: Values, x: Float64Array, training: boolean): Float64Array {
  const size = spec.input.reduce((a, b) => a * b);
  return sequence(spec.layers, values, { shape: [x.length / size, ...spec.input], data: x }, training).data;
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

function sequence(layers: readonly Layer[], values: Values, x: Batch, training: boolean): Batch {
  return layers.reduce((current, one) => layer(one, values, current, training), x);
}

function layer(one: Layer, values: Values, x: Batch, training: boolean): Batch {
  const result = linear(one, values, x, training);
  const activation = 'activation' in one ? one.activation : undefined;
  return activation ? { ...result, data: result.data.map(ACTIVATIONS[activation]) } : result;
}

const ACTIVATIONS: Record<Activation, (value: number) => number> = {
  relu: (value) => Math.max(0, value),
  sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  tanh: (value) => Math.tanh(value),
};

function linear(one: Layer, values: Values, x: Batch, training: boolean): Batch {
  const [batch, ...rest] = x.shape;
  const channels = rest[rest.length - 1];
  switch (one.type) {
    case 'conv2d': {
      const { kernel, stride = 1, padding = 0, filters } = one;
      const convolution = windows(x.shape, kernel, stride, padding, filters);
      const data = convolve(x.data, values.get(`${one.name}.weight`)!, convolution);
      const shape = [batch, convolution.outH, convolution.outW, filters];
      return biased({ shape, data }, values.get(`${one.name}.bias`));
    }
    case 'dense': {
      const weight = values.get(`${one.name}.weight`)!;
      const data = new Float64Array(batch * one.units);
      data.forEach((_, at) => {
        const [n, unit] = [Math.floor(at / one.units), at % one.units];
        for (let i = 0; i < channels; i++) data[at] += x.data[n * channels + i] * weight[i * one.units + unit];
      });
      return biased({ shape: [batch, one.units], data }, values.get(`${one.name}.bias`));
    }
    case 'batchNorm':
      return batchNorm(one, values, x, training);
    case 'maxPool':
    case 'avgPool':
      return pooled(one, x);
    case 'globalAvgPool': {
      const data = new Float64Array(batch * channels);
      const pixels = rest[0] * rest[1];
      x.data.forEach((value, at) => {
        data[Math.floor(at / (pixels * channels)) * channels + (at % channels)] += value / pixels;
      });
      return { shape: [batch, channels], data };
    }
    case 'flatten':
      return { shape: [batch, x.data.length / batch], data: x.data };
    case 'residual': {
      const body = sequence(one.body, values, x, training);
      const shortcut = one.shortcut ? sequence(one.shortcut, values, x, training) : x;
      return { shape: body.shape, data: body.data.map((value, i) => value + shortcut.data[i]) };
    }
  }
}

function biased({ shape, data }: Batch, bias: Float64Array | undefined): Batch {
  return { shape, data: bias ? data.map((value, i) => value + bias[i % bias.length]) : data };
}

function batchNorm({ name, epsilon = 1e-5 }: BatchNormLayer, values: Values, x: Batch, training: boolean): Batch {
  const channels = x.shape[x.shape.length - 1];
  const mean = values.get(`${name}.running_mean`)!.slice();
  const variance = values.get(`${name}.running_var`)!.slice();
  if (training)
    for (let c = 0; c < channels; c++) {
      const own = x.data.filter((_, i) => i % channels === c);
      mean[c] = own.reduce((a, b) => a + b) / own.length;
      variance[c] = own.reduce((sum, value) => sum + (value - mean[c]) ** 2, 0) / own.length;
    }
  const [scale, shift] = [values.get(`${name}.weight`)!, values.get(`${name}.bias`)!];
  const data = x.data.map((value, i) => {
    const c = i % channels;
    return ((value - mean[c]) / Math.sqrt(variance[c] + epsilon)) * scale[c] + shift[c];
  });
  return { shape: x.shape, data };
}

function pooled(one: PoolLayer, x: Batch): Batch {
  const [batch, , , channels] = x.shape;
  const geometry = windows(x.shape, one.size, poolStride(one), 0, channels);
  const data = pool(x.data, geometry, one.type === 'avgPool');
  return { shape: [batch, geometry.outH, geometry.outW, channels], data };
}

/** Square windows over images [N, H, W, C]. */
function windows(shape: number[], kernel: number, stride: number, pad: number, outChannels: number): Convolution {
  const [batch, height, width, inChannels] = shape;
  const square = { kernel: [kernel, kernel] as Pair, stride: [stride, stride] as Pair, pad };
  return convolutionOf({ batch, height, width, inChannels, outChannels, ...square });
}

/** Parameters in float64, with the plan's names. */
export function float64(weights: ReadonlyMap<string, { data: Float32Array }>): Values {
  return new Map([...weights].map(([name, { data }]) => [name, Float64Array.from(data)]));
}
