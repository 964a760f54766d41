// The messages of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), as far as a network needs them.
// Fields that are not listed are skipped, so that no file makes the reader recurse.

import type { PbfReader } from 'pbf';
import { fieldsOf, readBytes, readIntegers, readMessage, readText, type Fields } from './protobuf.js';

export interface OnnxModel {
  producer: string;
  /** Versions of operator sets by their domain; '' is ONNX's own. */
  opsets: { domain: string; version: number }[];
  graph: OnnxGraph | undefined;
  metadata: { key: string; value: string }[];
}

export interface OnnxGraph {
  name: string;
  nodes: OnnxNode[];
  initializers: OnnxTensor[];
  inputs: OnnxInput[];
  outputs: { name: string }[];
}

export interface OnnxNode {
  name: string;
  operator: string;
  domain: string;
  /** '' stands for one that is left out. */
  inputs: string[];
  outputs: string[];
  attributes: OnnxAttribute[];
}

export interface OnnxAttribute {
  name: string;
  float: number;
  integer: number;
  text: string;
  tensor: OnnxTensor | undefined;
  floats: number[];
  integers: number[];
}

export interface OnnxInput {
  name: string;
  /** A code of TensorProto.DataType. */
  type: number;
  /** 0 for a length that the file leaves open. */
  dims: number[];
}

/** As it lies in the file; `tensors.ts` makes numbers of it. */
export interface OnnxTensor {
  name: string;
  /** A code of TensorProto.DataType. */
  type: number;
  dims: number[];
  /** Little-endian: raw_data, or packed floats and doubles. */
  bytes: Uint8Array[];
  /** int32_data, int64_data and uint64_data. */
  integers: number[];
  /** Data that lies in another file. */
  isExternal: boolean;
}

const tensorFields: Fields<OnnxTensor> = {
  1: (tensor, pbf) => readIntegers(pbf, tensor.dims),
  2: (tensor, pbf) => (tensor.type = pbf.readVarint()),
  4: (tensor, pbf) => tensor.bytes.push(readNumbers(pbf, 4)),
  5: (tensor, pbf) => readIntegers(pbf, tensor.integers),
  7: (tensor, pbf) => readIntegers(pbf, tensor.integers),
  8: (tensor, pbf) => (tensor.name = readText(pbf)),
  9: (tensor, pbf) => tensor.bytes.push(readBytes(pbf)),
  10: (tensor, pbf) => tensor.bytes.push(readNumbers(pbf, 8)),
  11: (tensor, pbf) => readIntegers(pbf, tensor.integers),
  14: (tensor, pbf) => (tensor.isExternal = pbf.readVarint() === 1),
};

const attributeFields: Fields<OnnxAttribute> = {
  1: (attribute, pbf) => (attribute.name = readText(pbf)),
  2: (attribute, pbf) => (attribute.float = pbf.readFloat()),
  3: (attribute, pbf) => (attribute.integer = pbf.readVarint(true)),
  4: (attribute, pbf) => (attribute.text = readText(pbf)),
  5: (attribute, pbf) => (attribute.tensor = readTensor(pbf)),
  7: (attribute, pbf) => void pbf.readPackedFloat(attribute.floats),
  8: (attribute, pbf) => readIntegers(pbf, attribute.integers),
};

const nodeFields: Fields<OnnxNode> = {
  1: (node, pbf) => node.inputs.push(readText(pbf)),
  2: (node, pbf) => node.outputs.push(readText(pbf)),
  3: (node, pbf) => (node.name = readText(pbf)),
  4: (node, pbf) => (node.operator = readText(pbf)),
  5: (node, pbf) => node.attributes.push(readAttribute(pbf)),
  7: (node, pbf) => (node.domain = readText(pbf)),
};

const dimensionFields: Fields<{ length: number }> = {
  1: (dimension, pbf) => (dimension.length = pbf.readVarint(true)),
};
const shapeFields: Fields<OnnxInput> = {
  1: (input, pbf) => input.dims.push(readMessage(pbf, dimensionFields, { length: 0 }).length),
};
const tensorTypeFields: Fields<OnnxInput> = {
  1: (input, pbf) => (input.type = pbf.readVarint()),
  2: (input, pbf) => readMessage(pbf, shapeFields, input),
};
const typeFields: Fields<OnnxInput> = { 1: (input, pbf) => readMessage(pbf, tensorTypeFields, input) };
const inputFields: Fields<OnnxInput> = {
  1: (input, pbf) => (input.name = readText(pbf)),
  2: (input, pbf) => readMessage(pbf, typeFields, input),
};

const graphFields: Fields<OnnxGraph> = {
  1: (graph, pbf) => graph.nodes.push(readNode(pbf)),
  2: (graph, pbf) => (graph.name = readText(pbf)),
  5: (graph, pbf) => graph.initializers.push(readTensor(pbf)),
  11: (graph, pbf) => graph.inputs.push(readMessage(pbf, inputFields, { name: '', type: 0, dims: [] })),
  12: (graph, pbf) => graph.outputs.push(readMessage(pbf, inputFields, { name: '', type: 0, dims: [] })),
};

const entryFields: Fields<{ key: string; value: string }> = {
  1: (entry, pbf) => (entry.key = readText(pbf)),
  2: (entry, pbf) => (entry.value = readText(pbf)),
};
const opsetFields: Fields<{ domain: string; version: number }> = {
  1: (opset, pbf) => (opset.domain = readText(pbf)),
  2: (opset, pbf) => (opset.version = pbf.readVarint()),
};

const modelFields: Fields<OnnxModel> = {
  2: (model, pbf) => (model.producer = readText(pbf)),
  7: (model, pbf) => {
    model.graph = { name: '', nodes: [], initializers: [], inputs: [], outputs: [] };
    readMessage(pbf, graphFields, model.graph);
  },
  8: (model, pbf) => model.opsets.push(readMessage(pbf, opsetFields, { domain: '', version: 0 })),
  14: (model, pbf) => model.metadata.push(readMessage(pbf, entryFields, { key: '', value: '' })),
};

/** @throws {HandfulError} `bad-model` if the file is damaged. */
export function readModel(bytes: Uint8Array): OnnxModel {
  return fieldsOf(bytes, modelFields, { producer: '', opsets: [], graph: undefined, metadata: [] });
}

function readNode(pbf: PbfReader): OnnxNode {
  const node = { name: '', operator: '', domain: '', inputs: [], outputs: [], attributes: [] };
  return readMessage(pbf, nodeFields, node);
}

function readAttribute(pbf: PbfReader): OnnxAttribute {
  const attribute = { name: '', float: 0, integer: 0, text: '', tensor: undefined, floats: [], integers: [] };
  return readMessage(pbf, attributeFields, attribute);
}

function readTensor(pbf: PbfReader): OnnxTensor {
  const tensor = { name: '', type: 0, dims: [], bytes: [], integers: [], isExternal: false };
  return readMessage(pbf, tensorFields, tensor);
}

/** Floats or doubles, packed or one by one, as the bytes that they are. */
function readNumbers(pbf: PbfReader, size: 4 | 8): Uint8Array {
  if (pbf.type === 2) return readBytes(pbf);
  pbf.pos += size;
  return pbf.buf.subarray(pbf.pos - size, pbf.pos);
}
