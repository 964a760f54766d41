// Element-wise nodes: functions of one number gather until a layer needs their outcome; factors and summands of each
// channel are pieces that other layers absorb.

import { refuse, tensorOf, valueOf, type Node } from './nodes.js';
import { BINARY, POINTS, recognise, unaryOf } from './scalars.js';
import type { Tensor } from './tensors.js';
import { append, channelsOf, dimsOf, isTensor, sum, type Piece, type Value } from './values.js';

/** What an element-wise node makes of its inputs; undefined if it is none. */
export function elementwise(node: Node): Value | undefined {
  if (node.inputs.some((value) => value && !isTensor(value) && 'axes' in value.form && value.form.pads))
    return refuse(node, 'follows a Pad; handful pads for convolutions alone');
  if (node.operator in BINARY) return binary(node, node.operator as keyof typeof BINARY);
  const scalar = unaryOf(node);
  return scalar && compose(node, valueOf(node), scalar);
}

/** The value as the network's own, with what was pending made a layer. */
export function settle(node: Node, value: Value): Value {
  if (!value.pending) return value;
  return (value.settled ??= asLayer(node, value, value.pending.samples) ?? settle(node, value.pending.otherwise()));
}

function asLayer(node: Node, { wire, form }: Value, samples: Float64Array): Value | undefined {
  const known = recognise(samples);
  if (!known) return undefined;
  const hints = [node.label];
  if ('activation' in known) {
    const piece: Piece = { kind: 'layer', layer: { type: 'activation', ...known }, tensors: {}, hints };
    return { wire: append(wire, piece, node.label), form };
  }
  const { scale, shift } = known;
  if (scale === 1 && shift === 0) return { wire, form };
  return { wire: append(wire, scalePiece([scale], [shift], channelsOf(form), node), node.label), form };
}

/** A scalar function of a value, which may be one of what was pending already. */
function compose(node: Node, value: Value, scalar: (x: number) => number): Value {
  const operand = startOf(node, value);
  const samples = (operand.pending?.samples ?? POINTS).map(scalar);
  const otherwise = (): Value => {
    const { wire, form, pending } = settle(node, operand);
    return pending || wire === operand.wire ? unknown(node) : alone({ wire, form });
  };
  const alone = (base: Value) => asLayer(node, base, POINTS.map(scalar)) ?? unknown(node);
  return { ...operand, pending: { samples, otherwise } };
}

/** Where a function begins: behind an activation, which is a layer by itself whatever follows. */
function startOf(node: Node, value: Value): Value {
  if (value.settled) return value.settled;
  const known = value.pending && recognise(value.pending.samples);
  const { wire, form, pending } = known && 'activation' in known ? settle(node, value) : value;
  return { wire, form, ...(pending && { pending }) };
}

function binary(node: Node, operator: keyof typeof BINARY): Value {
  const apply = BINARY[operator];
  if (operator === 'Sum' && node.inputs.length > 2) return sumOfMany(node);
  if (operator === 'Sum' && node.inputs.length === 1) return valueOf(node);
  const [a, b] = node.inputs;
  if (!a || !b || node.inputs.length > 2) return refuse(node, `has ${node.inputs.length} inputs; expected 2`);
  if (isTensor(b)) return withConstant(node, valueOf(node), b, apply, false);
  if (isTensor(a)) return withConstant(node, b, a, (x, constant) => apply(constant, x), true);
  return ofTwo(node, a, b, apply);
}

function withConstant(
  node: Node,
  value: Value,
  { shape, data }: Tensor,
  apply: (x: number, constant: number) => number,
  isSwapped: boolean,
): Value {
  if (shape.length > dimsOf(value.form).length + 1) refuse(node, `spreads its input to [${shape}]`);
  const [constant = NaN] = data;
  if (data.length === 1) return compose(node, value, (x) => apply(x, constant));
  const { operator } = node;
  if (!['Add', 'Sub', 'Mul', 'Div', 'Sum'].includes(operator) || (operator === 'Div' && isSwapped))
    return refuse(node, 'has another number for each channel, which handful knows for sums and products alone');
  const { wire, form } = settle(node, value);
  const channels = perChannel(node, { wire, form }, shape, data);
  const at0 = channels.map((constant) => apply(0, constant));
  const slope = channels.map((constant, i) => apply(1, constant) - (at0[i] ?? 0));
  return { wire: append(wire, scalePiece(slope, at0, channelsOf(form), node), node.label), form };
}

/** The numbers of a constant that has one for each channel, in our order. */
export function perChannel(node: Node, { form }: Value, shape: readonly number[], data: Tensor['data']): Float32Array {
  const dims = dimsOf(form);
  const own = [...new Array<number>(Math.max(dims.length + 1 - shape.length, 0)).fill(1), ...shape].slice(-dims.length);
  const axis = 'dims' in form ? dims.findIndex((length) => length > 1) : form.axes.indexOf('c');
  if (own.some((length, i) => length !== (i === axis ? dims[axis] : 1)) || data.length !== dims[axis])
    refuse(node, `takes a constant [${shape}] with [${['batch', ...dims].join(', ')}]; expected one number a channel`);
  return reordered(form, data);
}

/** One number a channel or feature, from the file's order to ours. */
export function reordered(form: Value['form'], data: Tensor['data']): Float32Array {
  const result = Float32Array.from(data);
  if ('dims' in form) form.places?.forEach((place, i) => (result[place] = data[i] ?? 0));
  return result;
}

function scalePiece(
  scale: ArrayLike<number>,
  shift: ArrayLike<number>,
  channels: number,
  node: Node,
): Piece & { kind: 'scale' } {
  return {
    kind: 'scale',
    scale: Float32Array.from(scale),
    shift: Float32Array.from(shift),
    channels,
    hints: [node.label],
  };
}

function ofTwo(node: Node, a: Value, b: Value, apply: (a: number, b: number) => number): Value {
  const [one, other] = [a.settled ?? a, b.settled ?? b];
  const isAdd = node.operator === 'Add' || node.operator === 'Sum';
  const otherwise = () => (isAdd ? sumOf(node, one, other) : unknown(node));
  if (one.wire !== other.wire || !sameForm(one, other)) return isAdd ? sumOf(node, one, other) : unknown(node);
  const [samples, others] = [one.pending?.samples ?? POINTS, other.pending?.samples ?? POINTS];
  const both = samples.map((x, i) => apply(x, others[i] ?? NaN));
  return { wire: one.wire, form: one.form, pending: { samples: both, otherwise } };
}

function sumOf(node: Node, a: Value, b: Value): Value {
  const [one, other] = [settle(node, a), settle(node, b)];
  if (!sameForm(one, other))
    refuse(node, `adds [${dimsOf(one.form)}] and [${dimsOf(other.form)}]; handful adds what is of one shape`);
  return { wire: sum(one.wire, other.wire, node.label), form: one.form };
}

function sumOfMany(node: Node): Value {
  return node.inputs
    .map((_, at) => (isTensor(node.inputs[at] ?? tensorOf(node, at)) ? unknown(node) : valueOf(node, at)))
    .reduce((a, b) => sumOf(node, a, b));
}

function sameForm({ form: a }: Value, { form: b }: Value): boolean {
  if ('dims' in a || 'dims' in b)
    return 'dims' in a && 'dims' in b && String(a.dims) === String(b.dims) && String(a.places) === String(b.places);
  return a.axes === b.axes && String(dimsOf(a)) === String(dimsOf(b)) && !a.pads && !b.pads;
}

function unknown(node: Node): never {
  return refuse(node, 'computes, with the nodes before it, none of the functions that handful has layers for');
}
