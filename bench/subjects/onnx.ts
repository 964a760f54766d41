// Writes a network as an ONNX model: as much protobuf as that takes (https://protobuf.dev/programming-guides/encoding;
// field numbers are those of onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).

import type { LoweredNetwork, Operation, Sides, Value } from '../../src/backends/operations.js';
import { lower } from '../../src/models/lowering/lower.js';
import { bytesOf, lacks, stateDict } from './work.js';
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

  /** Adds a network's operations after the value `x`; returns the name of the last one's output. */
  operations({ operations, boundaries }: LoweredNetwork, x: string): string {
    const names = new Map(boundaries.slice(0, 1).map((input) => [input, x]));
    const name = (value: Value) => names.get(value)!;
    for (const operation of operations) names.set(operation.y, this.operation(operation, name));
    return name(boundaries.at(-1)!);
  }

  private operation(operation: Operation, name: (value: Value) => string): string {
    const x = name(operation.x);
    switch (operation.kind) {
      case 'conv2d': {
        const { kernel, stride, padding, weight, bias } = operation;
        const attributes = { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: padsOf(padding) };
        return this.node('Conv', [x, weight, ...(bias === undefined ? [] : [bias])], attributes);
      }
      case 'dense': {
        const { weight, bias } = operation;
        return this.node('Gemm', [x, weight, ...(bias === undefined ? [] : [bias])], { transB: 1 });
      }
      case 'batchNorm': {
        // Its default epsilon, 1e-5, is that of the networks.
        const { scale, shift, runningMean, runningVariance } = operation;
        return this.node('BatchNormalization', [x, scale, shift, runningMean, runningVariance]);
      }
      case 'activation':
        if (operation.activation !== 'relu') return lacks(operation.activation);
        return this.node('Relu', [x]);
      case 'depthwiseConv2d':
      case 'dropout':
        return lacks(operation.kind);
      case 'maxPool':
      case 'avgPool': {
        const { window, stride, padding } = operation;
        const attributes = { kernel_shape: [...window], strides: [...stride], pads: padsOf(padding) };
        return this.node(operation.kind === 'maxPool' ? 'MaxPool' : 'AveragePool', [x], attributes);
      }
      case 'flatten':
        return this.node('Flatten', [x]);
      case 'add':
        return this.node('Add', [x, name(operation.addend)]);
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

const padsOf = ([top, bottom, left, right]: Sides): number[] => [top, left, bottom, right];

/** A model with the input `x`, [batch, ...input] channels first, and the output that it names. */
export function onnx({ batch, spec }: Row, shape: readonly number[]): { model: Uint8Array; output: string } {
  const graph = new Graph(stateDict(spec));
  const output = graph.operations(lower(spec), 'x');
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
