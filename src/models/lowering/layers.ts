// Each type of layer, checked and lowered to operations. A new one has its entry here and one in each backend's table.

import type { Value } from '../../backends/operations.js';
import { quote } from '../../common/messages.js';
import { sizeOf } from '../../common/shapes.js';
import type { ActivationLayer, Conv2dLayer, DenseLayer, DepthwiseConv2dLayer, Layer, PoolLayer } from '../../types.js';
import { checkActivation, imageShape, refuseSpec, wholeNumber } from './checks.js';
import type { Recorder } from './recorder.js';
import { pairOf, windowsOver } from './windows.js';

/** Adds a layer's operations; returns what it yields. */
type LowerLayer<L> = (to: Recorder, layer: L, x: Value, where: string) => Value;

type LayerOfType<T, L = Layer> = L extends { type: infer U } ? (T extends U ? L : never) : never;

const LAYERS: { readonly [T in Layer['type']]: LowerLayer<LayerOfType<T>> } = {
  conv2d(to, layer, x, where) {
    const filters = wholeNumber(layer.filters, `${where}.filters`);
    const { channels, output, ...windows } = convolution(layer, x, where);
    const { kernel } = windows;
    const fanIn = kernel * kernel * channels;
    const weight = { kind: 'conv', shape: [kernel, kernel, channels, filters], fanIn } as const;
    const parameters = affine(to, layer, weight, where);
    return activated(to, layer, to.operation({ kind: 'conv2d', x, ...windows, ...parameters }, [...output, filters]));
  },

  depthwiseConv2d(to, layer, x, where) {
    const { channels, output, ...windows } = convolution(layer, x, where);
    const { kernel } = windows;
    const filters = channels * wholeNumber(layer.multiplier ?? 1, `${where}.multiplier`);
    const weight = { kind: 'conv', shape: [kernel, kernel, 1, filters], fanIn: kernel * kernel } as const;
    const operation = { kind: 'depthwiseConv2d', x, ...windows, ...affine(to, layer, weight, where) } as const;
    return activated(to, layer, to.operation(operation, [...output, filters]));
  },

  dense(to, layer, x, where) {
    const [inputs] = x.shape;
    if (inputs === undefined || x.shape.length !== 1)
      return refuseSpec(`${where} (dense) takes a flat input; got [${x.shape}]: put a flatten before it.`);
    const units = wholeNumber(layer.units, `${where}.units`);
    const { flattened } = to;
    const weight = { kind: 'dense', shape: [inputs, units], fanIn: inputs, ...(flattened && { flattened }) } as const;
    const parameters = affine(to, layer, weight, where);
    return activated(to, layer, to.operation({ kind: 'dense', x, ...parameters }, [units]));
  },

  batchNorm(to, layer, x, where) {
    const channels = x.shape.at(-1) ?? 0;
    const perChannel = (suffix: string, kind: 'scale' | 'shift' | 'runningMean' | 'runningVar') =>
      to.parameter(layer.name, suffix, { kind, shape: [channels], fanIn: channels }, where);
    const { name, momentum = 0.1, epsilon = 1e-5 } = layer;
    const scale = perChannel('weight', 'scale');
    const shift = perChannel('bias', 'shift');
    const runningMean = perChannel('running_mean', 'runningMean');
    const runningVariance = perChannel('running_var', 'runningVar');
    for (const [key, value] of Object.entries({ momentum, epsilon }))
      if (!(value > 0 && value <= 1)) refuseSpec(`${where}.${key} lies between 0 and 1; got ${quote(value)}.`);
    const statistics = { scale, shift, runningMean, runningVariance, epsilon, momentum };
    return activated(to, layer, to.operation({ kind: 'batchNorm', name, x, ...statistics }, x.shape));
  },

  activation(to, layer, x, where) {
    const { activation, slope } = layer;
    to.flattens = to.flattened; // each value stays where it is
    if (activation === undefined) return refuseSpec(`${where} has no activation.`);
    if (slope !== undefined && (activation !== 'leakyRelu' || !Number.isFinite(slope)))
      refuseSpec(`${where}.slope is a number, and for 'leakyRelu' alone; got ${quote(slope)} for '${activation}'.`);
    return activated(to, layer, x);
  },

  dropout(to, { rate }, x, where) {
    to.flattens = to.flattened;
    if (!(rate >= 0 && rate < 1)) refuseSpec(`${where}.rate lies from 0 to below 1; got ${quote(rate)}.`);
    const site = to.dropouts++;
    return rate > 0 ? to.operation({ kind: 'dropout', x, rate, site }, x.shape) : x;
  },

  maxPool: pool,
  avgPool: pool,

  globalAvgPool(to, _, x, where) {
    const [height, width, channels] = imageShape(x.shape, where);
    const whole = { window: [height, width], stride: [1, 1], padding: [0, 0, 0, 0] } as const;
    const mean = to.operation({ kind: 'avgPool', x, ...whole }, [1, 1, channels]);
    return to.operation({ kind: 'flatten', x: mean }, [channels]);
  },

  flatten(to, _, x) {
    if (x.shape.length === 3) to.flattens = x.shape;
    return to.operation({ kind: 'flatten', x }, [sizeOf(x.shape)]);
  },

  residual(to, layer, x, where) {
    const body = lowerLayers(to, layer.body, x, `${where}.body`);
    const addend = layer.shortcut ? lowerLayers(to, layer.shortcut, x, `${where}.shortcut`) : x;
    if (String(body.shape) !== String(addend.shape))
      refuseSpec(
        `${where} adds its body [${body.shape}] and its shortcut [${addend.shape}]; their shapes have to agree.`,
      );
    return activated(to, layer, to.operation({ kind: 'add', x: body, addend }, body.shape));
  },

  add(to, layer, x, where) {
    const { branches } = layer;
    if (!Array.isArray(branches) || branches.length < 2)
      return refuseSpec(`${where}.branches is a list of two or more lists of layers; got ${quote(branches)}.`);
    const { flattened } = to;
    const ends = branches.map((layers, i) => {
      to.flattens = flattened; // each branch takes what came before all of them
      return lowerLayers(to, layers, x, `${where}.branches[${i}]`);
    });
    to.flattens = undefined;
    const sum = ends.reduce((a, addend) => {
      if (String(a.shape) !== String(addend.shape))
        refuseSpec(`${where} adds [${a.shape}] and [${addend.shape}]; the shapes of its branches have to agree.`);
      return to.operation({ kind: 'add', x: a, addend }, a.shape);
    });
    return activated(to, layer, sum);
  },
};

/** @throws {HandfulError} `bad-argument` naming the layer and what is wrong with it. */
export function lowerLayer(to: Recorder, layer: Layer, x: Value, where: string): Value {
  to.begin();
  if (typeof layer !== 'object' || layer === null) return refuseSpec(`${where} is an object; got ${quote(layer)}.`);
  checkActivation(layer, where);
  if (!Object.hasOwn(LAYERS, layer.type)) refuseSpec(`${where} has the unknown type ${quote(layer.type)}.`);
  const lower = LAYERS[layer.type] as LowerLayer<Layer>;
  return to.checkShape(layer, x, lower(to, layer, x, where), where);
}

function lowerLayers(to: Recorder, layers: readonly Layer[], x: Value, where: string): Value {
  if (!Array.isArray(layers)) return refuseSpec(`${where} is a list of layers; got ${quote(layers)}.`);
  return layers.reduce<Value>((value, layer: Layer, i) => lowerLayer(to, layer, value, `${where}[${i}]`), x);
}

/** The weight of a convolution or a dense layer and, unless it has none, its bias. */
function affine(
  to: Recorder,
  { name, bias = true }: Conv2dLayer | DepthwiseConv2dLayer | DenseLayer,
  weight: Parameters<Recorder['parameter']>[2],
  where: string,
) {
  const { fanIn, shape } = weight;
  const perOutput = { kind: 'bias', shape: shape.slice(-1), fanIn } as const;
  return {
    name,
    weight: to.parameter(name, 'weight', weight, where),
    bias: bias ? to.parameter(name, 'bias', perOutput, where) : undefined,
  };
}

function activated(
  to: Recorder,
  { activation, slope = 0.01 }: Partial<Pick<ActivationLayer, 'activation' | 'slope'>>,
  x: Value,
): Value {
  if (!activation) return x;
  const rest = activation === 'leakyRelu' ? { slope } : {};
  return to.operation({ kind: 'activation', activation, ...rest, x }, x.shape);
}

/** Where a convolution puts its windows, and the channels that it takes. */
function convolution(layer: Conv2dLayer | DepthwiseConv2dLayer, x: Value, where: string) {
  const [height, width, channels] = imageShape(x.shape, where);
  const kernel = wholeNumber(layer.kernel, `${where}.kernel`);
  const stride = wholeNumber(layer.stride ?? 1, `${where}.stride`);
  const [size, window, steps] = [
    [height, width],
    [kernel, kernel],
    [stride, stride],
  ] as const;
  const { padding, output } = windowsOver(size, window, steps, layer.padding ?? 0, where, 'kernel');
  return { channels, kernel, stride, padding, output };
}

function pool(to: Recorder, layer: PoolLayer, x: Value, where: string): Value {
  const [height, width, channels] = imageShape(x.shape, where);
  const size = pairOf(layer.size, `${where}.size`);
  const steps = pairOf(layer.stride ?? layer.size, `${where}.stride`);
  const { output, ...windows } = windowsOver([height, width], size, steps, layer.padding ?? 0, where, 'size');
  return to.operation({ kind: layer.type, x, ...windows }, [...output, channels]);
}
