import { badModel, quote } from '../../../common/messages.js';
import { sizeOf } from '../../../common/shapes.js';
import type { ActivationLayer, Layer } from '../../../types.js';
import type { ForeignTensor } from '../foreign-model.js';
import { biasOf, countOf, numberOf, take, takeAffine } from './call.js';
import type { Call, LayerReader, Read } from './call.js';
import { conv2d, depthwiseConv2d, separableConv2d } from './convolutions.js';
import type { KerasNode } from './graph.js';
import { asList, type Json } from './json.js';
import { globalPool, pool } from './pools.js';
import { activated, activationName, checkImages, isCount, readActivation } from './values.js';
import type { Sides } from './values.js';

/** Layers that do nothing but in training, where handful varies samples by means of its own. */
export const ONLY_IN_TRAINING: readonly string[] = [
  'ActivityRegularization',
  'AlphaDropout',
  'GaussianDropout',
  'GaussianNoise',
  'RandomBrightness',
  'RandomContrast',
  'RandomFlip',
  'RandomRotation',
  'RandomTranslation',
  'RandomZoom',
];

/** What each class of Keras layers is in handful. A new one has its entry here. */
const READERS: Readonly<Record<string, LayerReader>> = {
  Activation: ({ config, where, shape }) => nonLinear(readActivation(config.activation, where), shape),
  AveragePooling2D: (call) => pool(call, 'avgPool'),
  BatchNormalization: batchNorm,
  Conv2D: conv2d,
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2d,
  Dropout: dropout,
  Flatten: ({ config, where, shape }) => {
    checkImages(config, where);
    return { layers: shape.length === 1 ? [] : [{ type: 'flatten' }], shape: [sizeOf(shape)] };
  },
  GlobalAveragePooling2D: (call) => globalPool(call, 'avgPool'),
  GlobalMaxPooling2D: (call) => globalPool(call, 'maxPool'),
  LeakyReLU: (call) => nonLinear(leaky(numberOf(call, 'negative_slope', numberOf(call, 'alpha', 0.3))), call.shape),
  MaxPooling2D: (call) => pool(call, 'maxPool'),
  ReLU: relu,
  Reshape: reshape,
  SeparableConv2D: separableConv2d,
  SpatialDropout2D: dropout,
  ZeroPadding2D: zeroPadding,
  ...Object.fromEntries(ONLY_IN_TRAINING.map((name) => [name, ({ shape }: Call): Read => ({ layers: [], shape })])),
};

/** For messages: what `readLayer` and those around it know. */
const KNOWN = [...Object.keys(READERS), 'Add', 'InputLayer', 'Normalization', 'Rescaling', 'Softmax'].sort();

/** @throws {HandfulError} `bad-model` naming the layer and what handful has. */
export function readLayer(call: Call): Read {
  const { className } = call.node;
  const read = Object.hasOwn(READERS, className) ? READERS[className]?.(call) : undefined;
  if (!read)
    return badModel(`${call.where} is of a class that handful has no layer for, here; it reads ${KNOWN.join(', ')}.`);
  if (read.shape.some((size) => size < 1))
    badModel(`${call.where} turns [${call.shape}] into [${read.shape}], which no network can use.`);
  return read;
}

/** Whether it yields what it takes, in inference. */
export function isIdentity({ className, config }: KerasNode): boolean {
  if (className === 'Activation') return activationName(config.activation) === 'linear';
  return ['Dropout', 'SpatialDropout2D', ...ONLY_IN_TRAINING].includes(className);
}

/** The shape that a Reshape makes, without the batch axis. @throws {HandfulError} `bad-model` */
export function reshaped(config: Json, shape: readonly number[], where: string): number[] {
  const target = asList(config.target_shape, `${where}: target_shape`);
  const known = target.filter(isCount);
  const rest = sizeOf(shape) / sizeOf(known);
  const isOpen =
    target.length === known.length + 1 && isCount(rest) && target.some((size) => size === -1 || size === null);
  if (!isOpen && (target.length !== known.length || rest !== 1))
    badModel(`${where} has the target_shape ${quote(target)} for [${shape}].`);
  return target.map((size) => (isCount(size) ? size : rest));
}

function dense(call: Call): Read {
  const { config, where, shape, name } = call;
  if (shape.length !== 1) badModel(`${where} is applied to an image, [${shape}]; handful's takes what is flat.`);
  const units = countOf(call, 'units');
  takeAffine(call, [...shape, units]);
  const layer: Layer = { type: 'dense', name, units, ...biasOf(config) };
  return { layers: activated([layer], readActivation(config.activation, where)), shape: [units] };
}

function batchNorm(call: Call): Read {
  const { config, where, name, shape } = call;
  const axes = [config.axis ?? -1].flat();
  if (axes.length !== 1 || (axes[0] !== -1 && axes[0] !== shape.length))
    badModel(`${where} normalises the axis ${quote(config.axis)}; handful the last one, ${shape.length}.`);
  const channels = shape.slice(-1);
  const learned = Object.entries({ gamma: config.scale, beta: config.center }).filter(([, has]) => has !== false);
  const weights = call.weights([...learned.map(([weight]) => weight), 'moving_mean', 'moving_variance']);
  const constant = (value: number): ForeignTensor => ({
    shape: channels,
    data: new Float32Array(sizeOf(channels)).fill(value),
  });
  take(call, weights, 'moving_mean', channels, `${name}.running_mean`); // first, as it bounds the channels by the file
  take(call, weights, 'moving_variance', channels, `${name}.running_var`);
  if (config.scale === false) call.put(`${name}.weight`, constant(1));
  else take(call, weights, 'gamma', channels, `${name}.weight`);
  if (config.center === false) call.put(`${name}.bias`, constant(0));
  else take(call, weights, 'beta', channels, `${name}.bias`);
  // Keras's momentum is what is kept of the old statistics, handful's what is taken of the new ones.
  const momentum = Number((1 - numberOf(call, 'momentum', 0.99)).toPrecision(12));
  return { layers: [{ type: 'batchNorm', name, momentum, epsilon: numberOf(call, 'epsilon', 1e-3) }], shape };
}

function relu(call: Call): Read {
  const { config, where, shape } = call;
  const { max_value: most = null, threshold = 0 } = config;
  if (most !== null) badModel(`${where} has the max_value ${quote(most)}; handful's relu has none.`);
  if (threshold !== 0 && threshold !== null)
    badModel(`${where} has the threshold ${quote(threshold)}; handful's relu has 0.`);
  const slope = numberOf(call, 'negative_slope', 0);
  return nonLinear(slope === 0 ? { type: 'activation', activation: 'relu' } : leaky(slope), shape);
}

function leaky(slope: number): ActivationLayer {
  return { type: 'activation', activation: 'leakyRelu', ...(slope !== 0.01 && { slope }) };
}

function nonLinear(activation: ActivationLayer | undefined, shape: readonly number[]): Read {
  return { layers: activation ? [activation] : [], shape };
}

function reshape({ config, where, shape }: Call): Read {
  const target = reshaped(config, shape, where);
  if (String(target) === String(shape)) return { layers: [], shape };
  if (target.length === 1) return { layers: [{ type: 'flatten' }], shape: target };
  return badModel(`${where} makes [${target}] of [${shape}]; handful flattens, and reads others at the input alone.`);
}

function dropout(call: Call): Read {
  const rate = numberOf(call, 'rate', 0);
  return { layers: rate === 0 ? [] : [{ type: 'dropout', rate }], shape: call.shape };
}

function zeroPadding({ config, where, shape, added: before }: Call): Read {
  checkImages(config, where);
  if (before || shape.length !== 3)
    badModel(`${where} pads ${before ? 'what is padded' : `[${shape}]`}; handful reads one ZeroPadding2D on an image.`);
  const { padding = 1 } = config;
  const [rows, columns] = Array.isArray(padding) ? (padding as unknown[]) : [padding, padding];
  const side = (of: unknown, end: 0 | 1): number => {
    const value: unknown = Array.isArray(of) ? of[end] : of;
    return value === 0 || isCount(value) ? value : badModel(`${where} has the padding ${quote(padding)}.`);
  };
  const added: Sides = [side(rows, 0), side(rows, 1), side(columns, 0), side(columns, 1)];
  return { layers: [], shape, added };
}
