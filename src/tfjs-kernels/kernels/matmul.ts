import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../tensor-memory.js';
import { areFloats, sizeOf } from '../register.js';
import type { Inputs, OwnKernel } from '../register.js';

interface Attrs {
  transposeA: boolean;
  transposeB: boolean;
  activation?: string;
}

/** Products of [..., M, K] and [..., K, N], transposed or not, with bias [N] and ReLU. */
function matMul(heap: Heap, { a, b, bias, preluActivationWeights }: Inputs, attrs: Attrs): TensorInfo | undefined {
  const { transposeA, transposeB, activation = 'linear' } = attrs;
  if (!areFloats(a!, b!) || preluActivationWeights) return undefined;
  if (activation !== 'linear' && activation !== 'relu') return undefined;
  const [k, m] = last(a!.shape, transposeA);
  const [inner, n] = last(b!.shape, !transposeB);
  if (inner !== k) return undefined; // tfjs says what is wrong
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== n)) return undefined;
  const batch = a!.shape.slice(0, -2);
  const count = sizeOf(batch);
  if (sizeOf(b!.shape.slice(0, -2)) !== count || !(m! * n! * k! * count)) return undefined; // broadcasts, or empty
  const c = heap.make([...(b!.shape.length > a!.shape.length ? b!.shape.slice(0, -2) : batch), m!, n!]);
  const { exports } = heap;
  const [scratch, end] = heap.scratch(
    transposeA ? exports.f32_matmul_tn_scratch!(n!, k!) : exports.f32_matmul_scratch!(k!),
  );
  for (let i = 0; i < count; i++) {
    const at = [heap.at(a!) + 4 * i * m! * k!, heap.at(b!) + 4 * i * n! * k!] as const;
    const to = heap.at(c) + 4 * i * m! * n!;
    const [from, relu] = [bias ? heap.at(bias) : 0, Number(activation === 'relu')];
    if (transposeA) {
      exports.f32_matmul_tn!(...at, to, m!, n!, k!, Number(transposeB), scratch, end);
      if (from || relu) exports.f32_add_bias!(to, from, m!, n!, relu);
    } else exports.f32_matmul!(...at, from, to, m!, n!, k!, Number(transposeB), relu, scratch, end);
  }
  return c;
}

/** The last two axes, with the one that is summed over first. */
function last(shape: readonly number[], transpose: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transpose ? [rows, columns] : [columns, rows];
}

export const batchMatMul: OwnKernel = { name: 'BatchMatMul', run: matMul };
export const fusedMatMul: OwnKernel = { name: '_FusedMatMul', run: matMul };
