import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../tensor-memory.js';
import { areFloats, sizeOf } from '../register.js';
import type { Inputs, OwnKernel } from '../register.js';

/** The sum over an array's first axes, as a bias's gradient is; others are tfjs's. */
function run(heap: Heap, { x }: Inputs, attrs: { axis: number | number[]; keepDims: boolean }): TensorInfo | undefined {
  const axes = util.parseAxisParam(attrs.axis, x!.shape);
  const isLeading = axes.every((axis) => axis < axes.length);
  if (!areFloats(x!) || !isLeading || axes.length === 0 || axes.length === x!.shape.length) return undefined;
  const rest = x!.shape.slice(axes.length);
  const [rows, columns] = [sizeOf(x!.shape.slice(0, axes.length)), sizeOf(rest)];
  if (rows * columns === 0) return undefined;
  const sum = heap.make(attrs.keepDims ? [...axes.map(() => 1), ...rest] : rest);
  heap.exports.f32_sum_rows!(heap.at(x!), heap.at(sum), rows, columns);
  return sum;
}

export const sum: OwnKernel = { name: 'Sum', run };
