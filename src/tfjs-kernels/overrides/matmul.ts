import type { TensorInfo } from '@tensorflow/tfjs-core';
import { areFloats, sizeOf } from '../register.js';
import type { TfjsKernel } from '../register.js';
import type { TensorMemory } from '../tensor-memory.js';

interface Inputs {
  a: TensorInfo;
  b: TensorInfo;
  bias?: TensorInfo | null;
  preluActivationWeights?: TensorInfo | null;
}

interface Attrs {
  transposeA: boolean;
  transposeB: boolean;
  activation?: string;
}

const FLOAT = 4; // bytes

/** Products of [..., M, K] and [..., K, N], transposed or not, with bias [N] and ReLU. */
function matMul(
  memory: TensorMemory,
  { a, b, bias, preluActivationWeights }: Inputs,
  { transposeA, transposeB, activation = 'linear' }: Attrs,
): TensorInfo | undefined {
  if (!areFloats(a, b) || preluActivationWeights || !['linear', 'relu'].includes(activation)) return undefined;
  if (a.shape.length < 2 || b.shape.length < 2) return undefined; // TensorFlow.js says what is wrong
  const [k, m] = lastAxes(a.shape, transposeA);
  const [inner, n] = lastAxes(b.shape, !transposeB);
  if (inner !== k) return undefined;
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== n)) return undefined;
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const count = sizeOf(batchA);
  if (!areAlike(batchA, batchB) || m * n * k * count === 0) return undefined; // broadcasts, or empty
  const c = memory.make([...(batchB.length > batchA.length ? batchB : batchA), m, n]);
  const relu = activation === 'relu';
  for (let i = 0; i < count; i++) {
    const sizes = { m, n, k, transposeB };
    const from = { a: memory.at(a) + FLOAT * i * m * k, b: memory.at(b) + FLOAT * i * n * k };
    const to = { c: memory.at(c) + FLOAT * i * m * n };
    if (transposeA) {
      memory.run({ kernel: 'f32_matmul_tn', ...from, ...to, ...sizes });
      if (bias || relu) memory.run({ kernel: 'f32_add_bias', ...to, bias: memory.at(bias), m, n, relu });
    } else memory.run({ kernel: 'f32_matmul', ...from, bias: memory.at(bias), ...to, ...sizes, relu });
  }
  return c;
}

/** Whether shapes are the same but for leading axes of length 1. */
function areAlike(a: readonly number[], b: readonly number[]): boolean {
  const text = (shape: readonly number[]) => shape.slice(shape.findIndex((length) => length !== 1)).join();
  return sizeOf(a) === sizeOf(b) && (sizeOf(a) === 1 || text(a) === text(b));
}

/** The lengths of the last two axes, with the one that is summed over first. */
function lastAxes(shape: readonly number[], transpose: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transpose ? [rows, columns] : [columns, rows];
}

export const batchMatMul: TfjsKernel = { name: 'BatchMatMul', run: matMul };
export const fusedMatMul: TfjsKernel = { name: '_FusedMatMul', run: matMul };
