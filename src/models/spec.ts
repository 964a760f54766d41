import { HandfulError } from '../errors.js';
import type { Activation, DenseLayer, Layer, PoolLayer, Spec } from '../types.js';
import { quote } from '../common/messages.js';

/** What a parameter is, which decides its layout on disk, its initial value and whether gradients reach it. */
export interface Parameter {
  /** State_dict name, such as `conv1.weight`. */
  name: string;
  /** In memory: conv [kernel, kernel, in, out], dense [in, out], others [channels]. */
  shape: number[];
  kind: 'conv' | 'dense' | 'bias' | 'scale' | 'shift' | 'runningMean' | 'runningVar';
  /** Inputs that feed one output, for initialisation (convolutions, dense layers and their biases). */
  fanIn: number;
  /** For a dense layer that follows a flatten: [H, W, C], since PyTorch flattens channels first. */
  flattened?: number[];
  /** Index of the top-level layer it belongs to. */
  layer: number;
  /** Gradients reach it; running statistics follow the data instead. */
  learns: boolean;
}

/** A spec that was checked, with all that follows from it. */
export interface Plan {
  spec: Spec;
  parameters: Parameter[];
  /** Shape after each top-level layer, without the batch axis. */
  shapes: number[][];
  classes: number;
  /** Sum over what gradients reach; running statistics do not count, as PyTorch counts. */
  trainable: number;
}

/** Rows and columns that windows of `size` yield on `length` of them, as PyTorch counts (rounding down). */
export function outputLength(length: number, size: number, stride: number, padding: number): number {
  return Math.floor((length + 2 * padding - size) / stride) + 1;
}

export const poolStride = (layer: PoolLayer): number => layer.stride ?? layer.size;

const ACTIVATIONS: readonly Activation[] = ['relu', 'sigmoid', 'tanh'];

// Bounds that no sane network reaches; they keep a hostile file from asking for all of memory.
const MAX_LAYERS = 1000;
const MAX_PARAMETERS = 100_000_000;
const MAX_ACTIVATIONS = 1 << 26;

/**
 * Checks a spec, infers all shapes and lists its parameters in PyTorch's order.
 * @throws {HandfulError} `bad-argument` naming the layer and what is wrong with it.
 */
export function plan(spec: Spec): Plan {
  if (typeof spec !== 'object' || spec === null) fail(`A spec is an object; got ${quote(spec)}.`);
  if (typeof spec.name !== 'string') fail(`spec.name is a string; got ${quote(spec.name)}.`);
  const input = spec.input as unknown;
  if (!Array.isArray(input) || (input.length !== 1 && input.length !== 3))
    fail(`spec.input is [height, width, channels] or [features]; got ${quote(input)}.`);
  input.forEach((size) => count(size, 'a size in spec.input'));
  if (input.reduce((a, b) => a * b) > MAX_ACTIVATIONS) fail(`spec.input is too large for any network: [${input}].`);
  if (!Array.isArray(spec.layers) || spec.layers.length === 0)
    fail(`spec.layers is a list of layers; got ${quote(spec.layers)}.`);
  const last = spec.layers[spec.layers.length - 1] as Layer;
  if (last?.type !== 'dense' || last.activation)
    fail(`The last layer of a spec is a dense one without activation, which yields the logits; got ${quote(last)}.`);

  const walker = new Walker();
  let shape: number[] = [...input];
  const shapes = spec.layers.map((layer, index) => {
    walker.top = index;
    return (shape = walker.layer(layer, shape, `layer ${index}`));
  });
  const trainable = walker.parameters
    .filter(({ learns }) => learns)
    .reduce((sum, parameter) => sum + parameter.shape.reduce((a, b) => a * b), 0);
  return { spec, parameters: walker.parameters, shapes, classes: last.units, trainable };
}

/** Number of trainable parameters, as PyTorch counts them. */
export function countParameters(spec: Spec): number {
  return plan(spec).trainable;
}

/** The same network with another number of classes. */
export function withClasses(spec: Spec, classes: number): Spec {
  const layers = spec.layers.slice();
  layers[layers.length - 1] = { ...(layers[layers.length - 1] as DenseLayer), units: classes };
  return { ...spec, layers };
}

/** Name of the last dense layer, which yields the logits. */
export function headName(spec: Spec): string {
  return (spec.layers[spec.layers.length - 1] as DenseLayer).name;
}

class Walker {
  readonly parameters: Parameter[] = [];
  top = 0;
  private readonly names = new Set<string>();
  private visited = 0;
  private total = 0;
  private flattened: number[] | undefined;

  layer(layer: Layer, shape: number[], where: string): number[] {
    if (++this.visited > MAX_LAYERS) fail(`A spec has at most ${MAX_LAYERS} layers.`);
    if (typeof layer !== 'object' || layer === null) fail(`${where} is an object; got ${quote(layer)}.`);
    const flattened = this.flattened;
    this.flattened = undefined;
    if ('activation' in layer && layer.activation !== undefined && !ACTIVATIONS.includes(layer.activation))
      fail(`${where} has the activation ${quote(layer.activation)}; known: ${ACTIVATIONS.join(', ')}.`);
    const result = this.shapeAfter(layer, shape, where, flattened);
    if (result.some((size) => size < 1) || result.reduce((a, b) => a * b) > MAX_ACTIVATIONS)
      fail(`${where} (${layer.type}) turns [${shape}] into [${result}], which no network can use.`);
    return result;
  }

  private shapeAfter(layer: Layer, shape: number[], where: string, flattened?: number[]): number[] {
    const channels = shape[shape.length - 1]!;
    switch (layer.type) {
      case 'conv2d': {
        image(shape, where);
        const filters = count(layer.filters, `${where}.filters`);
        const kernel = count(layer.kernel, `${where}.kernel`);
        const stride = count(layer.stride ?? 1, `${where}.stride`);
        const padding = count(layer.padding ?? 0, `${where}.padding`, 0);
        if (padding >= kernel) fail(`${where}.padding is less than its kernel, ${kernel}; got ${padding}.`);
        const fanIn = kernel * kernel * channels;
        this.add(layer.name, 'weight', 'conv', [kernel, kernel, channels, filters], fanIn, where);
        if (layer.bias ?? true) this.add(layer.name, 'bias', 'bias', [filters], fanIn, where);
        const [height, width] = [0, 1].map((axis) => outputLength(shape[axis]!, kernel, stride, padding));
        return [height!, width!, filters];
      }
      case 'dense': {
        if (shape.length !== 1) fail(`${where} (dense) takes a flat input; got [${shape}]: put a flatten before it.`);
        const units = count(layer.units, `${where}.units`);
        this.add(layer.name, 'weight', 'dense', [channels, units], channels, where, flattened);
        if (layer.bias ?? true) this.add(layer.name, 'bias', 'bias', [units], channels, where);
        return [units];
      }
      case 'batchNorm': {
        this.add(layer.name, 'weight', 'scale', [channels], channels, where);
        this.add(layer.name, 'bias', 'shift', [channels], channels, where);
        this.add(layer.name, 'running_mean', 'runningMean', [channels], channels, where);
        this.add(layer.name, 'running_var', 'runningVar', [channels], channels, where);
        for (const key of ['momentum', 'epsilon'] as const)
          if (layer[key] !== undefined && !(layer[key] > 0 && layer[key] <= 1))
            fail(`${where}.${key} lies between 0 and 1; got ${quote(layer[key])}.`);
        return shape;
      }
      case 'maxPool':
      case 'avgPool': {
        image(shape, where);
        const size = count(layer.size, `${where}.size`);
        const stride = count(poolStride(layer), `${where}.stride`);
        return [outputLength(shape[0]!, size, stride, 0), outputLength(shape[1]!, size, stride, 0), channels];
      }
      case 'globalAvgPool':
        image(shape, where);
        return [channels];
      case 'flatten':
        if (shape.length === 3) this.flattened = shape;
        return [shape.reduce((a, b) => a * b)];
      case 'residual': {
        const body = this.branch(layer.body, shape, `${where}.body`);
        const shortcut = layer.shortcut ? this.branch(layer.shortcut, shape, `${where}.shortcut`) : shape;
        if (String(body) !== String(shortcut))
          fail(`${where} adds its body [${body}] and its shortcut [${shortcut}]; their shapes have to agree.`);
        return body;
      }
      default:
        return fail(`${where} has the unknown type ${quote((layer as { type: unknown }).type)}.`);
    }
  }

  private branch(layers: Layer[], shape: number[], where: string): number[] {
    if (!Array.isArray(layers)) fail(`${where} is a list of layers; got ${quote(layers)}.`);
    return layers.reduce((current, layer, index) => this.layer(layer, current, `${where}[${index}]`), shape);
  }

  private add(
    prefix: string,
    suffix: string,
    kind: Parameter['kind'],
    shape: number[],
    fanIn: number,
    where: string,
    flattened?: number[],
  ): void {
    if (typeof prefix !== 'string' || !/^[\w.-]{1,200}$/.test(prefix))
      fail(`${where}.name is a name such as 'conv1' or 'layers.0.bn1'; got ${quote(prefix)}.`);
    const name = `${prefix}.${suffix}`;
    if (this.names.has(name)) fail(`${where}: the name '${prefix}' is taken by an earlier layer.`);
    this.names.add(name);
    this.total += shape.reduce((a, b) => a * b);
    if (this.total > MAX_PARAMETERS) fail(`${where}: a network has at most ${MAX_PARAMETERS} parameters.`);
    const learns = kind !== 'runningMean' && kind !== 'runningVar';
    this.parameters.push({ name, shape, kind, fanIn, layer: this.top, learns, ...(flattened && { flattened }) });
  }
}

function image(shape: number[], where: string): void {
  if (shape.length !== 3) fail(`${where} takes an image [height, width, channels]; got [${shape}].`);
}

function count(value: unknown, what: string, least = 1): number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > 1 << 24)
    fail(`${what} is a whole number from ${least}; got ${quote(value)}.`);
  return value as number;
}

function fail(message: string): never {
  throw new HandfulError('bad-argument', message);
}
