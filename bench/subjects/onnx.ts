// Writes a network as an ONNX model: as much protobuf as that takes (https://protobuf.dev/programming-guides/encoding;
// field numbers are those of onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).

import type { Layer } from '../../src/types.js';
import { bytesOf, stateDict } from './work.js';
import type { Row } from './work.js';

type Bytes = number[] | Uint8Array;
type Attributes = Record<string, number | number[]>;

const FLOAT = 1; // TensorProto.DataType
const INT = 2; // AttributeProto.AttributeType
const INTS = 7;
const OPSET = 17;

class Graph {
  readonly nodes: Bytes[] = [];
  readonly initializers: Bytes[] = [];
  private names = 0;

  constructor(private readonly parameters: ReturnType<typeof stateDict>) {
    for (const [name, { shape, data }] of parameters) this.initializers.push(tensor(name, shape, data));
  }

  /** Adds the layers after the value `x`. @returns the name of the last one's output. */
  layers(list: readonly Layer[], x: string): string {
    return list.reduce((value, layer) => this.layer(layer, value), x);
  }

  private layer(layer: Layer, x: string): string {
    const weights = (...suffixes: string[]) =>
      suffixes.map((suffix) => `${(layer as { name: string }).name}.${suffix}`).filter((n) => this.parameters.has(n));
    const activate = (y: string) => ('activation' in layer && layer.activation ? this.node('Relu', [y]) : y);
    switch (layer.type) {
      case 'conv2d': {
        const attributes = {
          kernel_shape: [layer.kernel, layer.kernel],
          strides: [layer.stride ?? 1, layer.stride ?? 1],
          pads: Array<number>(4).fill(layer.padding ?? 0),
        };
        return activate(this.node('Conv', [x, ...weights('weight', 'bias')], attributes));
      }
      case 'dense':
        return activate(this.node('Gemm', [x, ...weights('weight', 'bias')], { transB: 1 }));
      case 'batchNorm':
        // Its default epsilon, 1e-5, is that of the networks.
        return activate(
          this.node('BatchNormalization', [x, ...weights('weight', 'bias', 'running_mean', 'running_var')]),
        );
      case 'maxPool':
      case 'avgPool': {
        const attributes = { kernel_shape: [layer.size, layer.size], strides: [layer.size, layer.size] };
        return this.node(layer.type === 'maxPool' ? 'MaxPool' : 'AveragePool', [x], attributes);
      }
      case 'globalAvgPool':
        return this.node('Flatten', [this.node('GlobalAveragePool', [x])]);
      case 'flatten':
        return this.node('Flatten', [x]);
      case 'residual': {
        const body = this.layers(layer.body, x);
        return activate(this.node('Add', [body, layer.shortcut ? this.layers(layer.shortcut, x) : x]));
      }
    }
  }

  private node(type: string, inputs: string[], attributes: Attributes = {}): string {
    const output = `value${this.names++}`;
    const fields = Object.entries(attributes).map(([name, value]) => message(5, attribute(name, value)));
    this.nodes.push([
      ...inputs.flatMap((input) => text(1, input)),
      ...text(2, output),
      ...text(4, type),
      ...fields.flatMap((field) => [...field]),
    ]);
    return output;
  }
}

/** A model with the input `x`, [batch, ...input] channels first, and the output that it names. */
export function onnx({ batch, spec }: Row, shape: readonly number[]): { model: Uint8Array; output: string } {
  const graph = new Graph(stateDict(spec));
  const output = graph.layers(spec.layers, 'x');
  const content = concat([
    ...graph.nodes.map((node) => message(1, node)),
    text(2, spec.name),
    ...graph.initializers.map((initializer) => message(5, initializer)),
    message(11, valueInfo('x', [batch, ...shape])),
    message(12, valueInfo(output, [batch, 10])),
  ]);
  const opset = number(2, OPSET);
  return { model: concat([number(1, 8), message(7, content), message(8, opset)]), output }; // IR version 8
}

function tensor(name: string, shape: number[], data: Float32Array): Uint8Array {
  const dimensions = shape.flatMap((size) => number(1, size));
  return concat([dimensions, number(2, FLOAT), text(8, name), message(9, bytesOf(data))]);
}

function valueInfo(name: string, shape: number[]): number[] {
  const dimensions = shape.flatMap((size) => [...message(1, number(1, size))]);
  const type = [...number(1, FLOAT), ...message(2, dimensions)]; // TypeProto.Tensor
  return [...text(1, name), ...message(2, message(1, type))];
}

function attribute(name: string, value: number | number[]): number[] {
  const values = typeof value === 'number' ? number(3, value) : value.flatMap((item) => number(8, item));
  return [...text(1, name), ...values, ...number(20, typeof value === 'number' ? INT : INTS)];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
}

const number = (field: number, value: number): number[] => [...varint(field << 3), ...varint(value)];
const message = (field: number, bytes: Bytes) => concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
const text = (field: number, value: string): number[] => [...message(field, new TextEncoder().encode(value))];

function concat(parts: Bytes[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
