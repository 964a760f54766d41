// The messages of onnx.proto that a network of handful's makes; their numbers are those of messages.ts.

import { PbfWriter } from 'pbf';

/** A node; attributes are whole numbers, lists of them or, of those named in `floats`, numbers. */
export interface NodeToWrite {
  operator: string;
  name: string;
  inputs: readonly string[];
  output: string;
  integers?: Readonly<Record<string, number | readonly number[]>>;
  floats?: Readonly<Record<string, number>>;
  texts?: Readonly<Record<string, string>>;
}

export interface TensorToWrite {
  name: string;
  shape: readonly number[];
  data: Float32Array;
}

export interface GraphToWrite {
  name: string;
  nodes: readonly NodeToWrite[];
  tensors: readonly TensorToWrite[];
  /** Shapes without the batch, which is open. */
  input: { name: string; shape: readonly number[] };
  outputs: readonly { name: string; shape: readonly number[] }[];
}

/** Version 8 of the format and 17 of its operators, or 20 where they have a GELU of their own. */
export function encodeOnnx(
  graph: GraphToWrite,
  metadata: Readonly<Record<string, string>>,
  opset: number,
): Uint8Array<ArrayBuffer> {
  const pbf = new PbfWriter(new Uint8Array(1 << 16));
  pbf.writeVarintField(1, opset > 19 ? 9 : 8);
  pbf.writeStringField(2, 'handful');
  pbf.writeMessage(7, writeGraph, graph);
  pbf.writeMessage(8, (version: number, pbf) => pbf.writeVarintField(2, version), opset);
  for (const entry of Object.entries(metadata)) pbf.writeMessage(14, writeEntry, entry);
  return new Uint8Array(pbf.finish());
}

function writeEntry([key, value]: [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value);
}

function writeGraph({ name, nodes, tensors, input, outputs }: GraphToWrite, pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, name);
  for (const tensor of tensors) pbf.writeMessage(5, writeTensor, tensor);
  pbf.writeMessage(11, writeValue, input);
  for (const output of outputs) pbf.writeMessage(12, writeValue, output);
}

function writeNode({ operator, name, inputs, output, integers, floats, texts }: NodeToWrite, pbf: PbfWriter): void {
  for (const input of inputs) pbf.writeStringField(1, input);
  pbf.writeStringField(2, output);
  pbf.writeStringField(3, name);
  pbf.writeStringField(4, operator);
  for (const attribute of Object.entries({ ...integers, ...floats, ...texts }))
    pbf.writeMessage(5, (of: typeof attribute, pbf) => writeAttribute(of, !!floats && of[0] in floats, pbf), attribute);
}

/** Codes of AttributeProto.AttributeType. */
const FLOAT = 1;
const INTEGER = 2;
const TEXT = 3;
const INTEGERS = 7;

function writeAttribute(
  [name, value]: [string, number | string | readonly number[]],
  isFloat: boolean,
  pbf: PbfWriter,
): void {
  pbf.writeStringField(1, name);
  if (typeof value === 'string') {
    pbf.writeStringField(4, value);
    pbf.writeVarintField(20, TEXT);
  } else if (typeof value !== 'number') {
    for (const each of value) pbf.writeVarintField(8, each);
    pbf.writeVarintField(20, INTEGERS);
  } else if (isFloat) {
    pbf.writeFloatField(2, value);
    pbf.writeVarintField(20, FLOAT);
  } else {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, INTEGER);
  }
}

function writeTensor({ name, shape, data }: TensorToWrite, pbf: PbfWriter): void {
  for (const length of shape) pbf.writeVarintField(1, length);
  pbf.writeVarintField(2, 1); // float
  pbf.writeStringField(8, name);
  pbf.writeBytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValue({ name, shape }: { name: string; shape: readonly number[] }, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(2, (type, pbf) => pbf.writeMessage(1, writeTensorType, type), shape);
}

function writeTensorType(shape: readonly number[], pbf: PbfWriter): void {
  pbf.writeVarintField(1, 1); // float
  pbf.writeMessage(2, writeShape, shape);
}

function writeShape(shape: readonly number[], pbf: PbfWriter): void {
  pbf.writeMessage(1, (batch: string, pbf) => pbf.writeStringField(2, batch), 'batch');
  for (const length of shape) pbf.writeMessage(1, (length: number, pbf) => pbf.writeVarintField(1, length), length);
}
