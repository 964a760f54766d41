// What follows from a file's constants alone: shapes, weights laid out in another way.

import { sizeOf } from '../../../common/shapes.js';
import { axesOf, constantOf, integer, integers, refuse, tensorOf, type Node } from './nodes.js';
import { BINARY, unaryOf } from './scalars.js';
import type { Tensor } from './tensors.js';

/** Numbers that one graph's constants may become, far more than small networks have. */
const MOST = 1 << 25;

type Fold = (node: Node, x: Tensor) => Tensor;

const FOLDS: Readonly<Record<string, Fold>> = {
  Identity: (_, x) => x,
  Cast: (_, x) => x,
  Reshape: (node, x) => ({ ...x, shape: resolveShape(node, [...tensorOf(node, 1).data], x.shape) }),
  Flatten: (node, { shape, data }) => {
    const axis = integer(node, 'axis', 1);
    const rows = sizeOf(shape.slice(0, axis));
    return { shape: [rows, data.length / rows], data };
  },
  Squeeze: (node, x) => ({ ...x, shape: squeezed(x.shape, axesOf(node)) }),
  Unsqueeze: (node, x) => ({ ...x, shape: unsqueezed(x.shape, axesOf(node) ?? []) }),
  Transpose: (node, x) => {
    const reversed = x.shape.map((_, i) => x.shape.length - 1 - i);
    const order = integers(node, 'perm') ?? reversed;
    if (String([...order].sort()) !== String([...reversed].sort()))
      return refuse(node, `orders [${x.shape}] by [${order}]`);
    return transpose(x, order);
  },
  Shape: (_, { shape }) => ({ shape: [shape.length], data: Float64Array.from(shape) }),
  Gather: (node, x) => {
    const indices = tensorOf(node, 1);
    if (x.shape.length !== 1) return refuse(node, 'gathers from more than a list');
    return { shape: indices.shape, data: Float64Array.from(indices.data, (at) => x.data.at(at) ?? NaN) };
  },
  Slice: (node, x) => {
    const bounds = (name: string, at: number) => integers(node, name)?.[0] ?? tensorOf(node, at).data[0];
    if (x.shape.length !== 1 || (node.inputs[4] && tensorOf(node, 4).data[0] !== 1))
      return refuse(node, 'slices more than a list');
    const data = x.data.slice(bounds('starts', 1), bounds('ends', 2));
    return { shape: [data.length], data };
  },
  Concat: (node) => {
    const parts = node.inputs.map((_, at) => tensorOf(node, at));
    if (parts.some(({ shape }) => shape.length !== 1)) return refuse(node, 'joins more than lists');
    const data = Float64Array.from(parts.flatMap(({ data }) => [...data]));
    return { shape: [data.length], data };
  },
};

/** Computes nodes of constants, and bounds what a hostile file may ask for. */
export class Constants {
  private left = MOST;

  /** @throws {HandfulError} `bad-model` naming an operator that there is none for. */
  fold(node: Node): Tensor {
    const { operator } = node;
    if (operator === 'Constant') return this.counted(node, constantOf(node));
    if (operator in BINARY && node.inputs.length === 2)
      return this.binary(node, BINARY[operator as keyof typeof BINARY]);
    const x = tensorOf(node, 0);
    const unary = unaryOf(node);
    if (unary) return this.counted(node, { ...x, data: x.data.map(unary) });
    const fold = Object.hasOwn(FOLDS, operator) ? FOLDS[operator] : undefined;
    return this.counted(node, fold?.(node, x) ?? refuse(node, 'computes with constants what handful cannot'));
  }

  private counted(node: Node, tensor: Tensor): Tensor {
    this.left -= tensor.data.length;
    return this.left < 0 ? refuse(node, 'makes the constants of the file too large') : tensor;
  }

  private binary(node: Node, apply: (a: number, b: number) => number): Tensor {
    const [a, b] = [tensorOf(node, 0), tensorOf(node, 1)];
    const shape =
      broadcast(a.shape, b.shape) ?? refuse(node, `takes shapes that do not fit: [${a.shape}], [${b.shape}]`);
    if (sizeOf(shape) > this.left) refuse(node, 'makes the constants of the file too large');
    const [atA, atB] = [spread(a.shape, shape), spread(b.shape, shape)];
    const data = new Float32Array(sizeOf(shape));
    const isWhole = a.data instanceof Float64Array && b.data instanceof Float64Array;
    const result = isWhole ? new Float64Array(data.length) : data;
    for (let i = 0; i < result.length; i++) result[i] = apply(a.data[atA(i)] ?? 0, b.data[atB(i)] ?? 0);
    return this.counted(node, { shape, data: result });
  }
}

/** The shape that a Reshape asks for: 0 keeps a length, -1 is what is left. NaN is the batch's. */
export function resolveShape(node: Node, target: readonly number[], from: readonly number[]): number[] {
  const shape = target.map((length, i) => (length === 0 ? (from[i] ?? 0) : length));
  const known = sizeOf(shape.filter((length) => length !== -1));
  const rest = sizeOf(from) / known;
  const resolved = shape.map((length) => (length === -1 ? rest : length));
  if (resolved.some((length) => length < 1 || !Number.isInteger(length)) || sizeOf(resolved) !== sizeOf(from))
    return refuse(node, `makes [${target}] of [${from}]`);
  return resolved;
}

/** A shape without these axes, or without all of length 1. */
export function squeezed(shape: readonly number[], axes: readonly number[] | undefined): number[] {
  const away = axes?.map((axis) => (axis < 0 ? axis + shape.length : axis));
  return shape.filter((length, i) => (away ? !away.includes(i) : length !== 1));
}

/** A shape with more axes of length 1, which stand at these places then. */
export function unsqueezed(shape: readonly number[], axes: readonly number[]): number[] {
  const rank = shape.length + axes.length;
  const added = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  const rest = [...shape];
  return Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : (rest.shift() ?? 1)));
}

/** @param order For each axis of the result, which it was. */
export function transpose({ shape, data }: Tensor, order: readonly number[]): Tensor {
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const target = order.map((axis) => shape[axis] ?? 0);
  const result = data.slice();
  for (let i = 0; i < result.length; i++) {
    let [rest, from] = [i, 0];
    for (let axis = order.length - 1; axis >= 0; axis--) {
      const length = target[axis] ?? 1;
      from += (rest % length) * (steps[order[axis] ?? 0] ?? 0);
      rest = Math.floor(rest / length);
    }
    result[i] = data[from] ?? 0;
  }
  return { shape: target, data: result };
}

function broadcast(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape = Array.from({ length: rank }, (_, i) => {
    const [one, other] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    return one === other || other === 1 ? one : one === 1 ? other : NaN;
  });
  return shape.some(Number.isNaN) ? undefined : shape;
}

/** For each place in the broadcast shape, the place in the original. */
function spread(shape: readonly number[], target: readonly number[]): (at: number) => number {
  return (at) => {
    let [from, step] = [0, 1];
    for (let axis = target.length - 1; axis >= 0; axis--) {
      const length = target[axis] ?? 1;
      const own = shape[axis - target.length + shape.length] ?? 1;
      if (own > 1) from += (at % length) * step;
      step *= own;
      at = Math.floor(at / length);
    }
    return from;
  };
}
