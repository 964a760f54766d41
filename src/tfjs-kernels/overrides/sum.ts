import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../common/shapes.js';
import { areFloats } from '../register.js';
import type { TfjsKernel } from '../register.js';
import type { TensorMemory } from '../tensor-memory.js';

/** The sum over an array's first axes, as a bias's gradient is; others are TensorFlow.js's. */
function run(
  memory: TensorMemory,
  { x }: { x: TensorInfo },
  { axis, keepDims }: { axis: number | number[]; keepDims: boolean },
): TensorInfo | undefined {
  const axes = util.parseAxisParam(axis, x.shape);
  const areFirst = axes.every((one) => one < axes.length);
  if (!areFloats(x) || !areFirst || axes.length === 0 || axes.length === x.shape.length) return undefined;
  const rest = x.shape.slice(axes.length);
  const [rows, columns] = [sizeOf(x.shape.slice(0, axes.length)), sizeOf(rest)];
  if (rows * columns === 0) return undefined;
  const sum = memory.make(keepDims ? [...axes.map(() => 1), ...rest] : rest);
  memory.run({ kernel: 'f32_sum_rows', x: memory.at(x), sum: memory.at(sum), rows, columns });
  return sum;
}

export const sum: TfjsKernel = { name: 'Sum', run };
