// Nodes that compute nothing: they lay numbers out in another way, as which a value's form follows them.

import { sizeOf } from '../../../common/shapes.js';
import { resolveShape, squeezed, unsqueezed } from './constants.js';
import { settle } from './elementwise.js';
import {
  axesOf,
  float,
  integer,
  integers,
  optionalTensor,
  refuse,
  tensorOf,
  text,
  valueOf,
  type Node,
} from './nodes.js';
import type { Tensor } from './tensors.js';
import { append, dimsOf, type ImageForm, type Pads, type Value } from './values.js';

/** In one list; far more than small networks have. */
const MOST_FEATURES = 1 << 24;

export const SHAPES: Readonly<Record<string, (node: Node) => Value | Tensor>> = {
  Identity: (node) => valueOf(node),
  Dropout: (node) => valueOf(node),
  Cast: (node) => valueOf(node),

  Shape(node) {
    const shape = Float64Array.of(NaN, ...dimsOf(valueOf(node).form));
    const data = shape.slice(integer(node, 'start', 0), integer(node, 'end', shape.length));
    return { shape: [data.length], data };
  },

  Transpose(node) {
    const value = valueOf(node);
    const { form } = value;
    const [batch, ...order] = integers(node, 'perm') ?? [];
    if (batch !== 0 || 'dims' in form || form.axes.length !== order.length || form.pads)
      return refuse(node, `orders the axes of [${dimsOf(form)}] by [${integers(node, 'perm')}]`);
    return { ...value, form: { ...form, axes: order.map((axis) => form.axes[axis - 1] ?? '?').join('') } };
  },

  Flatten(node) {
    const value = valueOf(node);
    const dims = dimsOf(value.form);
    const axis = integer(node, 'axis', 1);
    const rank = dims.length + 1;
    if ((axis < 0 ? axis + rank : axis) !== 1) return refuse(node, `flattens from axis ${axis} on; expected 1`);
    return reshape(node, value, [sizeOf(dims)]);
  },

  Reshape(node) {
    const value = valueOf(node);
    const from = dimsOf(value.form);
    const [batch = 0, ...target] = tensorOf(node, 1).data;
    const isBatch = Number.isNaN(batch) || [-1, 0, 1, node.batch].includes(batch);
    if (!isBatch) return refuse(node, `makes [${[batch, ...target]}] of [batch, ${from}]`);
    return reshape(node, value, resolveShape(node, target, from));
  },

  Squeeze(node) {
    const value = valueOf(node);
    const axes = axesOf(node);
    const [, ...dims] = squeezed([NaN, ...dimsOf(value.form)], axes);
    return reshape(node, value, dims);
  },

  Unsqueeze(node) {
    const value = valueOf(node);
    const [batch, ...dims] = unsqueezed([NaN, ...dimsOf(value.form)], axesOf(node) ?? []);
    return Number.isNaN(batch) ? reshape(node, value, dims) : refuse(node, 'puts an axis before the batch');
  },

  Pad(node) {
    const value = valueOf(node);
    const { form } = value;
    const pads = integers(node, 'pads') ?? Array.from(tensorOf(node, 1).data);
    const [filled = float(node, 'value', 0)] = optionalTensor(node, 2)?.data ?? [];
    const mode = text(node, 'mode') || 'constant';
    if (mode !== 'constant' || filled !== 0) return refuse(node, `pads by ${mode}, ${filled}; handful pads by zeros`);
    if (pads.every((length) => length === 0)) return value;
    if ('dims' in form || pads.length !== 2 * form.axes.length + 2 || node.inputs[3])
      return refuse(node, `pads [batch, ${dimsOf(form)}] by [${pads}]; handful pads images`);
    const of = (axis: string, end: 0 | 1) => pads[form.axes.indexOf(axis) + 1 + end * (form.axes.length + 1)] ?? 0;
    const sides = [of('h', 0), of('h', 1), of('w', 0), of('w', 1)] as const;
    if (sides.reduce((a, b) => a + b) !== pads.reduce((a, b) => a + b) || sides.some((side) => side < 0))
      return refuse(node, `pads by [${pads}]; handful adds rows and columns`);
    return { ...value, form: { ...form, pads: plus(form.pads ?? [0, 0, 0, 0], sides) } };
  },
};

export function plus(a: Pads, b: Pads): Pads {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

/** The same numbers, in the file's order, by other axes. */
export function reshape(node: Node, value: Value, dims: readonly number[]): Value {
  const from = value.form;
  if (String(dims) === String(dimsOf(from))) return value;
  if (sizeOf(dims) !== sizeOf(dimsOf(from)) || ('axes' in from && from.pads))
    return refuse(node, `makes [${dims}] of [${dimsOf(from)}]`);
  const ones = dims.filter((length) => length > 1).length;
  if ('dims' in from) {
    if (ones <= 1) return { ...value, form: { ...from, dims } };
    return imageOfInput(value, dims) ?? refuse(node, `makes [${dims}] of [${from.dims}]: an image of a list`);
  }
  if (ones > 1) {
    const isSame = String(dims.filter((length) => length > 1)) === String(dimsOf(from).filter((length) => length > 1));
    const axes = isSame ? axesLike(from, dims) : undefined;
    return axes ? { ...value, form: { ...from, axes } } : refuse(node, `makes [${dims}] of [${dimsOf(from)}]`);
  }
  return flatten(node, value, dims);
}

/** Axes of an image that gained or lost the one of its single channel. */
function axesLike(form: ImageForm, dims: readonly number[]): string | undefined {
  const candidates = form.channels === 1 ? ['hw', 'chw', 'hwc'] : [form.axes];
  return candidates.find((axes) => String(dimsOf({ ...form, axes })) === String(dims));
}

/** The network's input, if the file makes an image of it first: then it is one from the outset. */
function imageOfInput({ wire, pending }: Value, dims: readonly number[]): Value | undefined {
  const form = wire.inputs.length === 0 && !pending && !wire.becomes && imageForm(dims);
  if (!form) return undefined;
  wire.becomes = form;
  return { wire, form };
}

/** [H, W], or three axes, of which that of the channels is short. */
export function imageForm(dims: readonly number[]): ImageForm | undefined {
  const [a = 0, b = 0, c = 0] = dims;
  if (dims.length === 2) return { axes: 'hw', height: a, width: b, channels: 1 };
  if (dims.length !== 3) return undefined;
  return c <= 4 && a > 4
    ? { axes: 'hwc', height: a, width: b, channels: c }
    : { axes: 'chw', height: b, width: c, channels: a };
}

function flatten(node: Node, value: Value, dims: readonly number[]): Value {
  const { wire, form } = settle(node, value);
  if ('dims' in form) return refuse(node, 'flattens a list');
  if (sizeOf(dims) > MOST_FEATURES)
    return refuse(node, `flattens ${sizeOf(dims)} numbers, more than any network needs`);
  const piece = { kind: 'layer', layer: { type: 'flatten' }, tensors: {}, hints: [] } as const;
  const places = placesOf(form);
  const flat = { dims, features: sizeOf(dims), ...(places && { places }) };
  return { wire: append(wire, { ...piece, hints: [] }, node.label), form: flat };
}

/** Where the numbers of an image, in the file's order, are among ours, which has channels fastest. */
function placesOf({ axes, height, width, channels }: ImageForm): Uint32Array | undefined {
  const steps: Record<string, number> = { h: width * channels, w: channels, c: 1 };
  const lengths: Record<string, number> = { h: height, w: width, c: channels };
  const places = new Uint32Array(height * width * channels);
  for (let i = 0; i < places.length; i++) {
    let rest = i;
    for (const axis of [...axes].reverse()) {
      const length = lengths[axis] ?? 1;
      places[i] = (places[i] ?? 0) + (rest % length) * (steps[axis] ?? 0);
      rest = Math.floor(rest / length);
    }
  }
  return places.every((place, i) => place === i) ? undefined : places;
}
