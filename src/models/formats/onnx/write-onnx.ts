import type { Operation, Sides, Value } from '../../../backends/operations.js';
import { HandfulError } from '../../../errors.js';
import { diskShape, toDiskLayout } from '../../files/layout.js';
import { metadataOf } from '../../files/model-file.js';
import { lower, type Architecture } from '../../lowering/lower.js';
import type { Model } from '../../model.js';
import { encodeOnnx, type NodeToWrite, type TensorToWrite } from './write-messages.js';

/**
 * Writes a model as an ONNX file: NCHW, float32, any batch. Its input `input` is standardised already; it yields `logits`
 * and, at the model's temperature, `probabilities`, or for regression `values`. Metadata is that of our own files.
 * @throws {HandfulError} `bad-argument` if the model's parts do not fit each other.
 */
export function writeOnnx(model: Model): Uint8Array<ArrayBuffer> {
  const architecture = lower(model.spec);
  const isRegression = model.loss === 'squaredError';
  const graph = new GraphWriter(architecture, model, isRegression ? 'values' : 'logits');
  for (const operation of architecture.operations) graph.write(operation);
  const outputs = [graph.last, ...(isRegression ? [] : [graph.probabilities(model.temperature ?? 1)])];
  const shape = [architecture.classes];
  const { nodes, tensors, opset } = graph;
  const input = { name: 'input', shape: channelsFirst(model.spec.input) };
  const named = outputs.map((name) => ({ name, shape }));
  return encodeOnnx({ name: model.spec.name, nodes, tensors, input, outputs: named }, metadataOf(model), opset);
}

/** Writes operations as nodes, one or a few each. */
class GraphWriter {
  readonly nodes: NodeToWrite[] = [];
  readonly tensors: TensorToWrite[] = [];
  /** The name of what came last. */
  last = 'input';
  opset = 17;
  private readonly names = new Map<Value, string>();
  /** Lists that were flattened with channels fastest, as here. */
  private readonly channelsLast = new Set<Value>();

  constructor(
    private readonly architecture: Architecture,
    private readonly model: Model,
    private readonly output: string,
  ) {
    const [input] = architecture.boundaries;
    if (input) this.names.set(input, 'input');
  }

  write(operation: Operation): void {
    const x = this.nameOf(operation.x);
    const keepsOrder = operation.kind === 'activation' || operation.kind === 'dropout';
    if (keepsOrder && this.channelsLast.has(operation.x)) this.channelsLast.add(operation.y);
    if (operation.kind === 'dropout') {
      this.names.set(operation.y, x);
      return;
    }
    const isLast = operation === this.architecture.operations.at(-1);
    this.last = isLast ? this.output : `${operation.kind}_${this.names.size}`;
    this.names.set(operation.y, this.last);
    const name = operation.name.replaceAll(' ', '_');
    for (const part of this.nodesOf(operation, x))
      this.nodes.push({ name: `/${name}/${this.nodes.length}`, output: this.last, ...part });
  }

  /** Adds what makes probabilities of the logits; returns their name. */
  probabilities(temperature: number): string {
    this.tensors.push({ name: 'temperature', shape: [], data: Float32Array.of(temperature) });
    const inputs = [this.output, 'temperature'];
    this.nodes.push({ operator: 'Div', name: '/calibrated', inputs, output: 'calibrated' });
    const softmax = { operator: 'Softmax', name: '/probabilities', inputs: ['calibrated'], integers: { axis: -1 } };
    this.nodes.push({ ...softmax, output: 'probabilities' });
    return 'probabilities';
  }

  private nodesOf(operation: Operation, x: string): Part[] {
    switch (operation.kind) {
      case 'conv2d':
      case 'depthwiseConv2d':
        return [this.convolution(operation, x)];
      case 'dense':
        return [{ operator: 'Gemm', inputs: this.affine(operation, x, operation.x), integers: { transB: 1 } }];
      case 'batchNorm':
        return [this.batchNorm(operation, x)];
      case 'activation':
        return this.activation(operation, x);
      case 'maxPool':
      case 'avgPool':
        return [pool(operation, x)];
      case 'flatten':
        return this.flatten(operation, x);
      case 'add':
        return [{ operator: 'Add', inputs: [x, this.nameOf(operation.addend)] }];
      case 'dropout':
        return [];
    }
  }

  private convolution(operation: Operation & { kind: 'conv2d' | 'depthwiseConv2d' }, x: string): Part {
    const { kernel, stride, padding, kind } = operation;
    const group = kind === 'depthwiseConv2d' ? (operation.x.shape[2] ?? 1) : 1;
    const integers = { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: padsOf(padding), group };
    return { operator: 'Conv', inputs: this.affine(operation, x), integers };
  }

  /** Channels slowest, as PyTorch flattens, for dense layers alone; what else takes the list has its numbers by our order. */
  private flatten({ x: { shape }, y }: Operation & { kind: 'flatten' }, x: string): Part[] {
    const [height = 1, width = 1, channels = 1] = shape;
    const flatten = (input: string): Part => ({ operator: 'Flatten', inputs: [input], integers: { axis: 1 } });
    if (height * width === 1 || channels === 1 || shape.length !== 3 || this.feedsDenseAlone(y)) return [flatten(x)];
    this.channelsLast.add(y);
    const output = `${this.last}_channels_last`;
    return [{ operator: 'Transpose', inputs: [x], integers: { perm: [0, 2, 3, 1] }, output }, flatten(output)];
  }

  private feedsDenseAlone(list: Value): boolean {
    const { operations, parameters } = this.architecture;
    return operations
      .filter((each) => each.x === list || (each.kind === 'add' && each.addend === list))
      .every((each) => {
        if (each.kind === 'dense') return !!parameters.find(({ name }) => name === each.weight)?.flattened;
        return (each.kind === 'activation' || each.kind === 'dropout') && this.feedsDenseAlone(each.y);
      });
  }

  private batchNorm(operation: Operation & { kind: 'batchNorm' }, x: string): Part {
    const { scale, shift, runningMean, runningVariance, epsilon, momentum } = operation;
    const inputs = [x, ...[scale, shift, runningMean, runningVariance].map((name) => this.parameter(name))];
    return { operator: 'BatchNormalization', inputs, floats: { epsilon, momentum: 1 - momentum } };
  }

  private activation({ activation, slope }: Operation & { kind: 'activation' }, x: string): Part[] {
    switch (activation) {
      case 'relu':
        return [{ operator: 'Relu', inputs: [x] }];
      case 'sigmoid':
        return [{ operator: 'Sigmoid', inputs: [x] }];
      case 'tanh':
        return [{ operator: 'Tanh', inputs: [x] }];
      case 'leakyRelu':
        return [{ operator: 'LeakyRelu', inputs: [x], floats: { alpha: slope ?? 0.01 } }];
      case 'silu': {
        const gate = `${this.last}_gate`;
        return [
          { operator: 'Sigmoid', inputs: [x], output: gate },
          { operator: 'Mul', inputs: [x, gate] },
        ];
      }
      case 'gelu':
      case 'geluTanh':
        this.opset = 20;
        return [{ operator: 'Gelu', inputs: [x], texts: { approximate: activation === 'gelu' ? 'none' : 'tanh' } }];
    }
  }

  private affine({ weight, bias }: { weight: string; bias: string | undefined }, x: string, list?: Value): string[] {
    const isOurs = !!list && this.channelsLast.has(list);
    return [x, this.parameter(weight, isOurs), ...(bias === undefined ? [] : [this.parameter(bias)])];
  }

  /** Adds a parameter's numbers, in PyTorch's layout, which is ONNX's; returns its name. */
  private parameter(name: string, channelsLast = false): string {
    const found = this.architecture.parameters.find((each) => each.name === name);
    const { flattened: _, ...unordered } = found ?? {};
    const parameter = channelsLast ? (unordered as typeof found) : found;
    const weights = this.model.weights.get(name);
    if (!parameter || !weights) throw new HandfulError('bad-argument', `The weights '${name}' are missing.`);
    this.tensors.push({ name, shape: diskShape(parameter), data: toDiskLayout(weights.data, parameter) });
    return name;
  }

  private nameOf(value: Value): string {
    return this.names.get(value) ?? '';
  }
}

type Part = Omit<NodeToWrite, 'name' | 'output'> & { output?: string };

function pool(
  { kind, window, stride, padding, x: { shape } }: Operation & { kind: 'maxPool' | 'avgPool' },
  x: string,
): Part {
  const isWhole = kind === 'avgPool' && window[0] === shape[0] && window[1] === shape[1];
  if (isWhole && padding.every((side) => side === 0)) return { operator: 'GlobalAveragePool', inputs: [x] };
  const integers = { kernel_shape: window, strides: stride, pads: padsOf(padding) };
  return { operator: kind === 'maxPool' ? 'MaxPool' : 'AveragePool', inputs: [x], integers };
}

function padsOf([top, bottom, left, right]: Sides): number[] {
  return [top, left, bottom, right];
}

function channelsFirst(shape: readonly number[]): number[] {
  const [height = 1, width = 1, channels = 1] = shape;
  return shape.length === 3 ? [channels, height, width] : [...shape];
}
