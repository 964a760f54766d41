import { badModel, quote } from '../../../common/messages.js';
import type { ActivationLayer, Layer, Padding } from '../../../types.js';
import { isJson, type Json } from './json.js';

// What configurations of Keras layers have in common, in handful's words.

/** Rows or columns that surround an image. */
export type Sides = readonly [top: number, bottom: number, left: number, right: number];

/** Keras's activations and handful's, by all the names they had. */
const ACTIVATIONS: Readonly<Record<string, Omit<ActivationLayer, 'type'>>> = {
  relu: { activation: 'relu' },
  sigmoid: { activation: 'sigmoid' },
  tanh: { activation: 'tanh' },
  gelu: { activation: 'gelu' },
  gelu_new: { activation: 'geluTanh' },
  silu: { activation: 'silu' },
  swish: { activation: 'silu' },
  leaky_relu: { activation: 'leakyRelu', slope: 0.2 },
};

/** What a name, or an object that has one, says; undefined for the linear one. @throws {HandfulError} `bad-model` */
export function readActivation(value: unknown, where: string): ActivationLayer | undefined {
  const name = activationName(value);
  if (name === undefined || name === 'linear') return undefined;
  if (name !== null && Object.hasOwn(ACTIVATIONS, name)) {
    const found = ACTIVATIONS[name];
    if (found) return { type: 'activation', ...found };
  }
  return badModel(
    `${where} has the activation ${quote(name ?? value)}; handful has ${Object.keys(ACTIVATIONS).join(', ')} and linear.`,
  );
}

/** Null where it is not said by name. */
export function activationName(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value.toLowerCase();
  const own = isJson(value) ? (value.class_name === 'function' ? value.config : value.class_name) : undefined;
  return typeof own === 'string' ? own.toLowerCase() : null;
}

/** Layers with a non-linearity behind them: as part of the last one where that has none. */
export function activated(layers: readonly Layer[], activation: ActivationLayer | undefined): Layer[] {
  if (!activation) return [...layers];
  const last = layers.at(-1);
  const hasOwn = activation.slope === undefined || activation.slope === 0.01;
  if (!last || !hasOwn || !takesActivation(last)) return [...layers, activation];
  return [...layers.slice(0, -1), { ...last, activation: activation.activation }];
}

/** Layers that can have a non-linearity of their own. */
const ACTIVE = ['conv2d', 'depthwiseConv2d', 'dense', 'batchNorm', 'residual', 'add'] as const;
type ActiveLayer = Extract<Layer, { type: (typeof ACTIVE)[number] }>;

function takesActivation(layer: Layer): layer is ActiveLayer {
  return ACTIVE.some((type) => type === layer.type) && !('activation' in layer);
}

/** A number, or two of which one was meant. @throws {HandfulError} `bad-model` */
export function square(value: unknown, what: string): number {
  const [height, width] = pair(value, what);
  return height === width ? height : badModel(`${what} is [${height}, ${width}]; handful has square ones.`);
}

/** @throws {HandfulError} `bad-model` */
export function pair(value: unknown, what: string): [number, number] {
  const [height, width, ...others]: unknown[] = Array.isArray(value) ? value : [value, value];
  if (isCount(height) && isCount(width) && others.length === 0) return [height, width];
  return badModel(`${what} is ${quote(value)}; expected one or two whole numbers from 1.`);
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** @throws {HandfulError} `bad-model` for a layer whose channels come first, or that skips pixels. */
export function checkImages(config: Json, where: string): void {
  if (config.data_format === 'channels_first')
    badModel(`${where} has its channels first; handful reads models whose images have them last.`);
  for (const key of ['dilation_rate', 'groups'])
    if (config[key] !== undefined && config[key] !== null && square(config[key], `${where}: ${key}`) !== 1)
      badModel(`${where} has the ${key} ${quote(config[key])}; handful has 1.`);
}

/**
 * The padding of windows, after what an earlier layer has added to the image.
 * @throws {HandfulError} `bad-model`
 */
export function readPadding(
  config: Json,
  window: number,
  stride: number,
  added: Sides | undefined,
  where: string,
): Padding {
  const { padding = 'valid' } = config;
  if (padding === 'valid') return added ? asFew(added) : 0;
  if (padding !== 'same') badModel(`${where} has the padding ${quote(padding)}; handful has valid and same.`);
  if (added) badModel(`${where} pads what a ZeroPadding2D has padded; handful reads one of them.`);
  return stride === 1 && window % 2 === 1 ? (window - 1) / 2 : 'same';
}

function asFew(sides: Sides): Padding {
  return sides.every((side) => side === sides[0]) ? sides[0] : sides;
}

/** Rows or columns that windows of `size` yield. */
export function outputLengths(
  [height, width]: readonly number[],
  [sizeY, sizeX]: readonly [number, number],
  [strideY, strideX]: readonly [number, number],
  padding: Padding,
): [number, number] {
  if (height === undefined || width === undefined) return [0, 0];
  if (padding === 'same') return [Math.ceil(height / strideY), Math.ceil(width / strideX)];
  const [top, bottom, left, right] = typeof padding === 'number' ? [padding, padding, padding, padding] : padding;
  return [
    Math.floor((height + top + bottom - sizeY) / strideY) + 1,
    Math.floor((width + left + right - sizeX) / strideX) + 1,
  ];
}
