import { badModel, quote } from '../../../common/messages.js';
import type { OnnxNode } from './messages.js';
import { readNumbers, type Tensor } from './tensors.js';
import { isTensor, type Value } from './values.js';

/** A node whose inputs are known. */
export interface Node {
  readonly operator: string;
  /** Its name, or that of what it yields. */
  readonly label: string;
  readonly raw: OnnxNode;
  /** Examples that the file takes at once; 0 for any number. */
  readonly batch: number;
  readonly inputs: readonly (Value | Tensor | undefined)[];
}

export function labelOf({ name, outputs }: OnnxNode): string {
  return name || (outputs[0] ?? '');
}

/** @throws {HandfulError} `bad-model`, always: names the node and its operator. */
export function refuse({ operator, label }: Pick<Node, 'operator' | 'label'>, why: string): never {
  return badModel(`The node ${quote(label)} of the ONNX file, a ${operator}, ${why}.`);
}

/** An input that depends on the network's. */
export function valueOf(node: Node, at = 0): Value {
  const value = node.inputs[at];
  if (!value || isTensor(value)) return refuse(node, `takes as input ${at} what the network computes; expected so`);
  return value;
}

/** An input that the file holds; undefined if it is left out. */
export function optionalTensor(node: Node, at: number): Tensor | undefined {
  const value = node.inputs[at];
  if (value && !isTensor(value))
    return refuse(node, `computes its input ${at} from the network's; handful's layers have weights of their own`);
  return value;
}

export function tensorOf(node: Node, at: number): Tensor {
  return optionalTensor(node, at) ?? refuse(node, `lacks its input ${at}`);
}

export function integer(node: Node, name: string, otherwise: number): number {
  return attribute(node, name)?.integer ?? otherwise;
}

export function integers(node: Node, name: string): number[] | undefined {
  return attribute(node, name)?.integers;
}

export function float(node: Node, name: string, otherwise: number): number {
  return attribute(node, name)?.float ?? otherwise;
}

export function text(node: Node, name: string): string {
  return attribute(node, name)?.text ?? '';
}

/** Axes by an attribute, as older operator sets have them, or by an input. */
export function axesOf(node: Node, at = 1): number[] | undefined {
  const tensor = optionalTensor(node, at);
  return integers(node, 'axes') ?? (tensor && Array.from(tensor.data));
}

/** What a Constant holds. */
export function constantOf(node: Node): Tensor {
  const [{ name, tensor, float, integer, floats, integers } = refuse(node, 'has no value')] = node.raw.attributes;
  if (tensor) return readNumbers(tensor);
  if (name === 'value_float') return { shape: [], data: Float32Array.of(float) };
  if (name === 'value_int') return { shape: [], data: Float64Array.of(integer) };
  if (name === 'value_floats') return { shape: [floats.length], data: Float32Array.from(floats) };
  if (name === 'value_ints') return { shape: [integers.length], data: Float64Array.from(integers) };
  return refuse(node, `holds ${name}; handful reads numbers`);
}

function attribute(node: Node, name: string) {
  return node.raw.attributes.find((each) => each.name === name);
}
