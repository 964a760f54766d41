// Layers as calls of kernels. Each layer writes its forward pass into a program at once, and its backward pass when asked
// to. A gradient that arrives at a layer is that of its output before ReLU: whoever computes a gradient masks it by the
// value it belongs to.

import type { Layer, PoolLayer } from '../../../types.js';
import { activation } from './activation.js';
import { batchNorm } from './batch-norm.js';
import type { Builder } from './builder.js';
import { convolution, pooledConvolution } from './convolution.js';
import { dense } from './dense.js';
import { residual } from './residual.js';

/** Examples of one kind in memory, one after the other. */
export interface Value {
  at: number;
  /** Of one example: [H, W, C] or [features]. */
  shape: readonly number[];
  /** It came out of a ReLU: its gradient is nothing where it is not above zero. */
  relu: boolean;
}

/** Where a gradient goes, and by what it is masked: the address of the value itself, or 0. */
export interface Target {
  at: number;
  mask: number;
}

/** What a layer yields, and its backward pass: from the gradient `dy` of `y` to those of the parameters and of x. */
export interface Node {
  y: Value;
  backward(dy: number, dx: Target | undefined): void;
}

/** What layers are written into, and where their parameters are. */
export interface Context {
  builder: Builder;
  /** By the batch's own statistics, keeping what the backward pass needs. */
  training: boolean;
  /** A parameter's address; 0 if there is none of that name. */
  weight(name: string): number;
  /** Its gradient's address, for the first share of images; 0 likewise. */
  gradient(name: string): number;
  /** Says that a parameter's gradient comes in shares, each so many bytes after the one before. */
  inShares(...names: string[]): void;
  readonly shareBytes: number;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const FLOAT = 4; // bytes

/** Address of an image. */
export const image = (at: number, size: number, index: number): number => (at ? at + FLOAT * size * index : 0);

/** Layers one after the other. */
export function sequence(context: Context, layers: readonly Layer[], x: Value): Node {
  const nodes: { x: Value; node: Node }[] = [];
  let value = x;
  const add = (node: Node) => {
    nodes.push({ x: value, node });
    if (!context.training && nodes.length > 1) release(context, value);
    value = node.y;
  };
  for (let i = 0; i < layers.length; i++) {
    const current = layers[i]!;
    const next = layers[i + 1];
    if (current.type === 'flatten') {
      value = { ...value, shape: [sizeOf(value.shape)] };
      continue;
    }
    const pooled = current.type === 'conv2d' && next?.type === 'maxPool' && (next.stride ?? next.size) === next.size;
    if (pooled) i++;
    add(pooled ? pooledConvolution(context, current, next.size, value) : layer(context, current, value));
    // After the pool is as good as before: these never fall, so the greatest stays the greatest.
    if ('activation' in current && current.activation && current.activation !== 'relu')
      add(activation(context, current.activation, value));
  }
  return {
    y: value,
    backward(dy, dx) {
      let gradient = dy;
      for (let i = nodes.length - 1; i >= 0; i--) {
        const { x, node } = nodes[i]!;
        const target = i === 0 ? dx : { at: context.builder.take(sizeOf(x.shape)), mask: x.relu ? x.at : 0 };
        node.backward(gradient, target);
        if (gradient !== dy) context.builder.give(gradient, sizeOf(node.y.shape));
        if (target) gradient = target.at;
      }
    },
  };
}

export function release({ builder }: Context, { at, shape }: Value): void {
  builder.give(at, sizeOf(shape));
}

function layer(context: Context, one: Layer, x: Value): Node {
  switch (one.type) {
    case 'conv2d':
      return convolution(context, one, x);
    case 'dense':
      return dense(context, one, x);
    case 'batchNorm':
      return batchNorm(context, one, x);
    case 'maxPool':
    case 'avgPool':
      return pool(context, one, x);
    case 'globalAvgPool': {
      const [height, width, channels] = x.shape as [number, number, number];
      const { y, backward } = window(context, x, [height, width], 1, true);
      return { y: { ...y, shape: [channels] }, backward };
    }
    case 'residual':
      return residual(context, one, x);
    case 'flatten':
      throw new Error('Flatten is no work.');
  }
}

function pool(context: Context, { type, size, stride = size }: PoolLayer, x: Value): Node {
  return window(context, x, [size, size], stride, type === 'avgPool');
}

function window(
  { builder }: Context,
  x: Value,
  [sizeH, sizeW]: [number, number],
  stride: number,
  average: boolean,
): Node {
  const [height, width, channels] = x.shape as [number, number, number];
  const [outH, outW] = [Math.floor((height - sizeH) / stride) + 1, Math.floor((width - sizeW) / stride) + 1];
  const y: Value = { at: builder.take(outH * outW * channels), shape: [outH, outW, channels], relu: false };
  const [inSize, outSize] = [sizeOf(x.shape), sizeOf(y.shape)];
  const geometry = builder.geometry({
    ...{ height, width, inChannels: channels, outChannels: channels, kernelH: sizeH, kernelW: sizeW },
    ...{ strideH: stride, strideW: stride, top: 0, left: 0, outH, outW },
  });
  builder.images((i, count) => [
    ['f32_pool', image(x.at, inSize, i), image(y.at, outSize, i), count, geometry, Number(average)],
  ]);
  return {
    y,
    backward(dy, dx) {
      if (!dx) return;
      builder.images((i, count) => {
        const [from, to] = [image(dy, outSize, i), image(dx.at, inSize, i)];
        const own = image(x.at, inSize, i);
        return [
          average
            ? ['f32_average_pool_gradient', from, to, count, geometry]
            : ['f32_max_pool_gradient', own, image(y.at, outSize, i), from, to, count, geometry],
          ...masked(dx, i, count, inSize),
        ];
      });
    },
  };
}

/** Masks a gradient in place, for kernels that do not. */
export function masked(dx: Target, first: number, count: number, size: number): ['f32_relu_gradient', ...number[]][] {
  if (!dx.mask) return [];
  const at = image(dx.at, size, first);
  return [['f32_relu_gradient', at, image(dx.mask, size, first), at, count * size]];
}
