import { HandfulError } from '../../../errors.js';
import type { Operation, Sides, Value } from '../../../backends/operations.js';
import type { Architecture } from '../../lowering/lower.js';
import type { Model } from '../../model.js';
import type { ForeignTensor } from '../foreign-model.js';

interface LayerConfig {
  className: string;
  config: Record<string, unknown>;
  inputs: string[];
}

/** A network as a Functional model of Keras's layers, one or two for each operation. */
export class Topology {
  /** By the names that TensorFlow.js gives them. */
  readonly weights = new Map<string, ForeignTensor>();
  private readonly layers: { class_name: string; name: string; config: object; inbound_nodes: unknown[] }[] = [];
  private readonly taken = new Set<string>();
  /** The layers that yield the values. */
  private readonly sources = new Map<Value, string>();
  private last = '';

  constructor(
    private readonly architecture: Architecture,
    private readonly model: Model,
  ) {
    for (const { kind, name } of architecture.operations) if (hasWeights(kind)) this.taken.add(name);
    const { input } = architecture.spec;
    const config = { batch_input_shape: [null, ...input], dtype: 'float32', sparse: false };
    this.add(architecture.boundaries[0], { className: 'InputLayer', config, inputs: [] }, 'input');
    for (const operation of architecture.operations) this.write(operation);
  }

  /** As it stands under modelTopology. */
  get json(): object {
    const ends = { input_layers: [[this.layers[0]?.name, 0, 0]], output_layers: [[this.last, 0, 0]] };
    const config = { name: this.architecture.spec.name, layers: this.layers, ...ends };
    return { class_name: 'Model', config, keras_version: '2.15.0', backend: 'tensor_flow.js' };
  }

  private write(operation: Operation): void {
    const { kind, x, y, name } = operation;
    const inputs = [
      this.sources.get(x) ?? '',
      ...('addend' in operation ? [this.sources.get(operation.addend) ?? ''] : []),
    ];
    const isFlat = kind === 'flatten' && this.layers.find((layer) => layer.name === inputs[0])?.class_name === GLOBAL;
    if (isFlat) this.sources.set(y, inputs[0] ?? '');
    else this.add(y, { inputs, ...this.layerOf(operation, inputs) }, hasWeights(kind) ? name : undefined);
  }

  private layerOf(operation: Operation, inputs: string[]): Omit<LayerConfig, 'inputs'> & { inputs?: string[] } {
    switch (operation.kind) {
      case 'conv2d':
      case 'depthwiseConv2d':
        return this.convolution(operation, inputs);
      case 'dense': {
        const config = { units: operation.y.shape[0], ...this.affine(operation, 'kernel'), ...LINEAR };
        return { className: 'Dense', config };
      }
      case 'batchNorm':
        return this.batchNorm(operation);
      case 'activation':
        return activationOf(operation);
      case 'maxPool':
      case 'avgPool':
        return poolOf(operation);
      case 'flatten':
        return { className: 'Flatten', config: {} };
      case 'add':
        return { className: 'Add', config: {} };
      case 'dropout':
        return { className: 'Dropout', config: { rate: operation.rate } };
    }
  }

  private convolution(operation: Operation & { kind: 'conv2d' | 'depthwiseConv2d' }, inputs: string[]) {
    const { kind, kernel, stride, padding, x, y } = operation;
    const way = paddingOf(operation, [kernel, kernel], [stride, stride]);
    const [top, bottom, left, right] = padding;
    const config = {
      kernel_size: [kernel, kernel],
      strides: [stride, stride],
      dilation_rate: [1, 1],
      padding: way ?? 'valid',
      ...IMAGES,
      ...LINEAR,
    };
    const padded = way
      ? inputs
      : [
          this.add(undefined, {
            className: 'ZeroPadding2D',
            config: {
              padding: [
                [top, bottom],
                [left, right],
              ],
              ...IMAGES,
            },
            inputs,
          }),
        ];
    const channels = x.shape[2] ?? 1;
    const filters = y.shape[2] ?? 1;
    if (kind === 'conv2d')
      return {
        className: 'Conv2D',
        config: { ...config, filters, ...this.affine(operation, 'kernel') },
        inputs: padded,
      };
    const multiplier = filters / channels;
    const own = this.affine(operation, 'depthwise_kernel', [kernel, kernel, channels, multiplier]);
    return {
      className: 'DepthwiseConv2D',
      config: { ...config, depth_multiplier: multiplier, ...own },
      inputs: padded,
    };
  }

  private batchNorm(operation: Operation & { kind: 'batchNorm' }) {
    const { scale, shift, runningMean, runningVariance, momentum, epsilon, name } = operation;
    this.put(`${safe(name)}/gamma`, scale);
    this.put(`${safe(name)}/beta`, shift);
    this.put(`${safe(name)}/moving_mean`, runningMean);
    this.put(`${safe(name)}/moving_variance`, runningVariance);
    const kept = Number((1 - momentum).toPrecision(12)); // of the old statistics, which is what Keras means
    return {
      className: 'BatchNormalization',
      config: { axis: -1, momentum: kept, epsilon, center: true, scale: true },
    };
  }

  private affine({ name, weight, bias }: AffineNames, kernel: string, shape?: number[]): object {
    this.put(`${safe(name)}/${kernel}`, weight, shape);
    if (bias !== undefined) this.put(`${safe(name)}/bias`, bias);
    return {
      use_bias: bias !== undefined,
      [kernel === 'kernel' ? 'kernel_initializer' : 'depthwise_initializer']: ZEROS,
    };
  }

  private put(name: string, parameter: string, shape?: number[]): void {
    const found = this.model.weights.get(parameter);
    if (!found?.data.every(Number.isFinite))
      throw new HandfulError('bad-argument', `The weights '${parameter}' are missing, or hold NaN or infinity.`);
    this.weights.set(name, { shape: shape ?? found.shape, data: found.data });
  }

  /** @param name Of a layer that has weights; others are named by their class. */
  private add(value: Value | undefined, { className, config, inputs }: LayerConfig, name?: string): string {
    const own = name === undefined || className === 'InputLayer' ? this.newName(name ?? className) : safe(name);
    const inbound = inputs.length > 0 ? [inputs.map((each) => [each, 0, 0, {}])] : [];
    const whole = { name: own, ...(className !== 'InputLayer' && { trainable: true }), ...config };
    this.layers.push({ class_name: className, name: own, config: whole, inbound_nodes: inbound });
    if (value) this.sources.set(value, own);
    return (this.last = own);
  }

  private newName(word: string): string {
    let name = word.toLowerCase();
    for (let count = 1; this.taken.has(name); count++) name = `${word.toLowerCase()}_${count}`;
    this.taken.add(name);
    return name;
  }
}

type AffineNames = Pick<Operation & { kind: 'dense' }, 'name' | 'weight' | 'bias'>;

const GLOBAL = 'GlobalAveragePooling2D';
const IMAGES = { data_format: 'channels_last' };
const LINEAR = { activation: 'linear' };
/** Weights are loaded, so none have to be drawn first. */
const ZEROS = { class_name: 'Zeros', config: {} };

function hasWeights(kind: Operation['kind']): boolean {
  return kind === 'conv2d' || kind === 'depthwiseConv2d' || kind === 'dense' || kind === 'batchNorm';
}

/** TensorFlow.js wants names to begin with a letter or a digit. */
function safe(name: string): string {
  return /^[a-z\d]/i.test(name) ? name : `layer${name}`;
}

const ACTIVATIONS = {
  relu: 'relu',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  gelu: 'gelu',
  geluTanh: 'gelu_new',
  silu: 'swish',
};

/** @throws {HandfulError} `bad-argument` for the one that TensorFlow.js has, and does not find in files. */
function activationOf({ activation, slope }: Operation & { kind: 'activation' }) {
  if (activation === 'leakyRelu') return { className: 'LeakyReLU', config: { alpha: slope ?? 0.01 } };
  if (activation === 'geluTanh')
    throw new HandfulError(
      'bad-argument',
      "TensorFlow.js loads no file with geluTanh, its gelu_new: use the activation 'gelu', or format 'onnx' or 'safetensors'.",
    );
  return { className: 'Activation', config: { activation: ACTIVATIONS[activation] } };
}

/** @throws {HandfulError} `bad-argument` for padding that TensorFlow.js's pools do not have. */
function poolOf(operation: Operation & { kind: 'maxPool' | 'avgPool' }) {
  const { kind, window, stride, padding, x } = operation;
  const isWhole = String(window) === String(x.shape.slice(0, 2)) && padding.every((side) => side === 0);
  if (isWhole && kind === 'avgPool') return { className: GLOBAL, config: IMAGES };
  const way = paddingOf(operation, window, stride);
  if (!way)
    throw new HandfulError(
      'bad-argument',
      `A TensorFlow.js file has no pool that pads [${padding}]; it has none and 'same': use format 'onnx' or 'safetensors'.`,
    );
  const className = kind === 'maxPool' ? 'MaxPooling2D' : 'AveragePooling2D';
  return { className, config: { pool_size: [...window], strides: [...stride], padding: way, ...IMAGES } };
}

/** TensorFlow's word for a padding; undefined if it has none. */
function paddingOf(
  { x, padding }: { x: Value; padding: Sides },
  window: readonly [number, number],
  stride: readonly [number, number],
): 'valid' | 'same' | undefined {
  if (padding.every((side) => side === 0)) return 'valid';
  const same = ([0, 1] as const).flatMap((axis) => {
    const length = x.shape[axis] ?? 0;
    const total = Math.max((Math.ceil(length / stride[axis]) - 1) * stride[axis] + window[axis] - length, 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
  return String(same) === String(padding) ? 'same' : undefined;
}
