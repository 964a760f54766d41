// Writes a network as a LiteRT model (.tflite): a flatbuffer whose tables and numbers are those of
// https://github.com/google-ai-edge/LiteRT/blob/main/tflite/converter/schema/schema.fbs. As converters do, batch norm is
// folded into the convolution before it and ReLU into what it follows.

import { Builder } from 'flatbuffers';
import { fuse } from '../../src/backends/fusion.js';
import type { Fused, FusedBatchNorm, FusedOperation } from '../../src/backends/fusion.js';
import { segment } from '../../src/backends/operations.js';
import type { Sides, Value } from '../../src/backends/operations.js';
import { lower } from '../../src/models/lowering/lower.js';
import { lacks, weights } from './work.js';
import type { Row } from './work.js';

/** Numbers of BuiltinOperator and of the members of BuiltinOptions. */
const OPERATORS = {
  add: { code: 0, options: 11 },
  averagePool: { code: 1, options: 5 },
  conv2d: { code: 3, options: 1 },
  fullyConnected: { code: 9, options: 8 },
  maxPool: { code: 17, options: 5 },
  reshape: { code: 22, options: 17 },
  pad: { code: 34, options: 22 },
} as const;
type Name = keyof typeof OPERATORS;
const NAMES = Object.keys(OPERATORS) as Name[];

const FLOAT32 = 0;
const INT32 = 2;
const SAME = 0;
const VALID = 1;

type Field = (slot: number) => void;
type Size = readonly [height: number, width: number];

class Writer {
  private readonly builder = new Builder(1 << 20);
  private readonly buffers = [this.table()]; // the first is that of tensors without data
  private readonly tensors: number[] = [];
  private readonly operators: number[] = [];

  constructor() {
    this.builder.forceDefaults(true);
  }

  readonly byte =
    (value: number): Field =>
    (slot) =>
      this.builder.addFieldInt8(slot, value, null);
  readonly int =
    (value: number): Field =>
    (slot) =>
      this.builder.addFieldInt32(slot, value, null);
  readonly offset =
    (value: number): Field =>
    (slot) =>
      this.builder.addFieldOffset(slot, value, 0);

  table(...fields: (Field | undefined)[]): number {
    this.builder.startObject(fields.length);
    fields.forEach((field, slot) => field?.(slot));
    return this.builder.endObject();
  }

  ints(values: readonly number[]): number {
    this.builder.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) this.builder.addInt32(value);
    return this.builder.endVector();
  }

  private offsets(values: readonly number[]): number {
    this.builder.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) this.builder.addOffset(value);
    return this.builder.endVector();
  }

  /** @returns the tensor's number. */
  tensor(shape: readonly number[], data?: Float32Array | Int32Array): number {
    if (data) {
      this.builder.startVector(1, data.byteLength, 16);
      const isFloat = data instanceof Float32Array;
      for (let i = data.length - 1; i >= 0; i--)
        if (isFloat) this.builder.addFloat32(data[i]!);
        else this.builder.addInt32(data[i]!);
      this.buffers.push(this.table(this.offset(this.builder.endVector())));
    }
    const buffer = data ? this.buffers.length - 1 : 0;
    const name = this.builder.createString(`tensor${this.tensors.length}`);
    const type = data instanceof Int32Array ? INT32 : FLOAT32;
    const dimensions = this.offset(this.ints(shape));
    this.tensors.push(this.table(dimensions, this.byte(type), this.int(buffer), this.offset(name)));
    return this.tensors.length - 1;
  }

  operator(name: Name, inputs: readonly number[], output: number, options: number): number {
    const [from, to] = [this.ints(inputs), this.ints([output])];
    const kind = this.byte(OPERATORS[name].options);
    const code = this.int(NAMES.indexOf(name));
    this.operators.push(this.table(code, this.offset(from), this.offset(to), kind, this.offset(options)));
    return output;
  }

  model(input: number, output: number): Uint8Array {
    const { offset, int } = this;
    const parts = [this.offsets(this.tensors), this.ints([input]), this.ints([output]), this.offsets(this.operators)];
    const graph = this.offsets([this.table(...parts.map(offset))]);
    const codes = NAMES.map((name) => OPERATORS[name].code).map((code) =>
      this.table(this.byte(code), undefined, int(1), int(code)),
    );
    const all = [this.offsets(codes), graph, this.builder.createString('handful'), this.offsets(this.buffers)];
    this.builder.finish(this.table(int(3), ...all.map(offset)), 'TFL3');
    return this.builder.asUint8Array();
  }
}

/** A model of [batch, ...input], channels last. */
export function tflite({ batch, spec }: Row): Uint8Array {
  const writer = new Writer();
  const get = weights(spec);
  const part = segment(lower(spec), 0);
  const operations = fuse(part);
  const input = writer.tensor([batch, ...part.input.shape]);
  const numbers = new Map<Value, number>([[part.input, input]]);
  const data = (name: string) => get.get(name)!.data;
  // Nothing else reads what batch norm reads: the networks have no such branch.
  const norms = new Map(
    operations.flatMap((operation) => (operation.kind === 'batchNorm' ? [[operation.x, operation]] : [])),
  );
  const convolved = new Set(operations.filter(({ kind }) => kind === 'conv2d').map(({ y }) => y));
  const { byte, int } = writer;
  const activation = (relu: boolean) => byte(Number(relu));

  const pool = (name: 'averagePool' | 'maxPool', x: number, size: Size, stride: Size, y: Value): number => {
    const sizes = [stride[1], stride[0], size[1], size[0]].map(int);
    const options = writer.table(byte(VALID), ...sizes, activation(false));
    return writer.operator(name, [x], writer.tensor([batch, ...y.shape]), options);
  };

  /** Its filters scaled and shifted as batch norm would scale and shift its results. */
  const conv = (operation: Fused<'conv2d' | 'conv2dMaxPool'>, norm: FusedBatchNorm | undefined): number => {
    const { kernel, stride, padding, weight, bias, x, y, kind } = operation;
    const shape = kind === 'conv2dMaxPool' ? operation.convolved : y.shape;
    const filters = shape[2]!;
    const scale = Float32Array.from({ length: filters }, (_, i) =>
      norm ? data(norm.scale)[i]! / Math.sqrt(data(norm.runningVariance)[i]! + norm.epsilon) : 1,
    );
    const shift = scale.map((factor, i) => {
      const own = bias === undefined ? 0 : data(bias)[i]!;
      return norm ? (own - data(norm.runningMean)[i]!) * factor + data(norm.shift)[i]! : own;
    });
    const last = transposed(data(weight), filters).map((value, i, { length }) => {
      return value * scale[Math.floor(i / (length / filters))]!;
    });
    const same = stride === 1 && padding.every((side) => 2 * side + 1 === kernel);
    const from = same || padding.every((side) => side === 0) ? numbers.get(x)! : pad(x, padding);
    const options = writer.table(
      byte(same ? SAME : VALID),
      int(stride),
      int(stride),
      activation(norm ? norm.relu && !norm.addend : operation.relu),
      int(1),
      int(1),
    );
    const inputs = [from, writer.tensor([filters, kernel, kernel, x.shape[2]!], last), writer.tensor([filters], shift)];
    const result = writer.operator('conv2d', inputs, writer.tensor([batch, ...shape]), options);
    if (kind === 'conv2d') return result;
    const size: Size = [operation.pool, operation.pool];
    return pool('maxPool', result, size, size, y);
  };

  const pad = (x: Value, [top, bottom, left, right]: Sides): number => {
    const [height, width, channels] = x.shape as [number, number, number];
    const pads = writer.tensor([4, 2], Int32Array.of(0, 0, top, bottom, left, right, 0, 0));
    const y = writer.tensor([batch, height + top + bottom, width + left + right, channels]);
    return writer.operator('pad', [numbers.get(x)!, pads], y, writer.table());
  };

  const add = (a: number, b: number, { shape }: Value, relu: boolean): number =>
    writer.operator('add', [a, b], writer.tensor([batch, ...shape]), writer.table(activation(relu)));

  const forward = (operation: FusedOperation): number => {
    const x = numbers.get(operation.x)!;
    const shape = [batch, ...operation.y.shape];
    switch (operation.kind) {
      case 'conv2d':
      case 'conv2dMaxPool':
        return conv(operation, norms.get(operation.y));
      case 'batchNorm':
        if (!convolved.has(operation.x)) return lacks('batch norm of anything but a convolution');
        return operation.addend ? add(x, numbers.get(operation.addend)!, operation.y, operation.relu) : x;
      case 'dense': {
        const units = operation.y.shape[0]!;
        const weight = writer.tensor([units, operation.x.shape[0]!], transposed(data(operation.weight), units));
        const bias = operation.bias === undefined ? new Float32Array(units) : data(operation.bias);
        const options = writer.table(activation(operation.relu), byte(0), byte(0));
        const inputs = [x, weight, writer.tensor([units], bias)];
        return writer.operator('fullyConnected', inputs, writer.tensor(shape), options);
      }
      case 'maxPool':
      case 'avgPool': {
        if (operation.padding.some((side) => side > 0)) return lacks('padding of pools');
        const name = operation.kind === 'maxPool' ? 'maxPool' : 'averagePool';
        return pool(name, x, operation.window, operation.stride, operation.y);
      }
      case 'flatten': {
        const dimensions = writer.tensor([2], Int32Array.from(shape));
        const options = writer.table(writer.offset(writer.ints(shape)));
        return writer.operator('reshape', [x, dimensions], writer.tensor(shape), options);
      }
      case 'add':
        return add(x, numbers.get(operation.addend)!, operation.y, operation.relu);
      default:
        return lacks(operation.kind);
    }
  };

  for (const operation of operations) numbers.set(operation.y, forward(operation));
  return writer.model(input, numbers.get(part.output)!);
}

/** [..., outputs] to [outputs, ...]. */
function transposed(data: Float32Array, outputs: number): Float32Array {
  const inner = data.length / outputs;
  return data.map((_, i) => data[(i % inner) * outputs + Math.floor(i / inner)]!);
}
