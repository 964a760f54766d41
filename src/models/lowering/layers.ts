// Each type of layer, checked and lowered to operations. A new one has its entry here and one in each backend's table.

import type { Value } from '../../backends/operations.js';
import { quote } from '../../common/messages.js';
import { sizeOf } from '../../common/shapes.js';
import type { Conv2dLayer, DenseLayer, Layer, PoolLayer } from '../../types.js';
import { checkActivation, imageShape, outputLength, refuseSpec, wholeNumber } from './checks.js';
import type { Recorder } from './recorder.js';

/** Adds a layer's operations; returns what it yields. */
type LowerLayer<L> = (to: Recorder, layer: L, x: Value, where: string) => Value;

type LayerOfType<T, L = Layer> = L extends { type: infer U } ? (T extends U ? L : never) : never;

const LAYERS: { readonly [T in Layer['type']]: LowerLayer<LayerOfType<T>> } = {
  conv2d(to, layer, x, where) {
    const [height, width, channels] = imageShape(x.shape, where);
    const filters = wholeNumber(layer.filters, `${where}.filters`);
    const kernel = wholeNumber(layer.kernel, `${where}.kernel`);
    const stride = wholeNumber(layer.stride ?? 1, `${where}.stride`);
    const padding = wholeNumber(layer.padding ?? 0, `${where}.padding`, 0);
    if (padding >= kernel) refuseSpec(`${where}.padding is less than its kernel, ${kernel}; got ${padding}.`);
    const fanIn = kernel * kernel * channels;
    const weight = { kind: 'conv', shape: [kernel, kernel, channels, filters], fanIn } as const;
    const shape = [...[height, width].map((length) => outputLength(length, kernel, stride, padding)), filters];
    const parameters = affine(to, layer, weight, where);
    return activated(to, layer, to.operation({ kind: 'conv2d', x, kernel, stride, padding, ...parameters }, shape));
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

  maxPool: pool,
  avgPool: pool,

  globalAvgPool(to, _, x, where) {
    const [height, width, channels] = imageShape(x.shape, where);
    const mean = to.operation({ kind: 'avgPool', x, window: [height, width], stride: 1 }, [1, 1, channels]);
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
  { name, bias = true }: Conv2dLayer | DenseLayer,
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

function activated(to: Recorder, { activation }: Pick<Conv2dLayer, 'activation'>, x: Value): Value {
  return activation ? to.operation({ kind: 'activation', activation, x }, x.shape) : x;
}

function pool(to: Recorder, layer: PoolLayer, x: Value, where: string): Value {
  const [height, width, channels] = imageShape(x.shape, where);
  const size = wholeNumber(layer.size, `${where}.size`);
  const stride = wholeNumber(layer.stride ?? size, `${where}.stride`);
  const shape = [...[height, width].map((length) => outputLength(length, size, stride, 0)), channels];
  return to.operation({ kind: layer.type, x, window: [size, size], stride }, shape);
}
