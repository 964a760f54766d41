import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../tensor-memory.js';
import { areFloats, sizeOf } from '../register.js';
import type { Inputs, OwnKernel } from '../register.js';

/** Batch norm of x [..., C] by given statistics, all [C]; others that broadcast are tfjs's. */
function run(heap: Heap, inputs: Inputs, { varianceEpsilon }: { varianceEpsilon: number }): TensorInfo | undefined {
  const { x, mean, variance, scale, offset } = inputs as Record<'x' | 'mean' | 'variance', TensorInfo> & Inputs;
  const channels = x.shape[x.shape.length - 1]!;
  const vectors = [mean, variance, scale, offset].filter((one) => one != null) as TensorInfo[];
  const areVectors = vectors.every(({ shape }) => shape.length === 1 && shape[0] === channels);
  if (!areFloats(x, ...vectors) || !areVectors || sizeOf(x.shape) === 0) return undefined;
  const y = heap.make(x.shape);
  const addresses = [x, mean, variance, scale, offset, y].map((one) => (one ? heap.at(one) : 0));
  const scratch = heap.scratch(heap.exports.f32_batch_norm_inference_scratch!(channels));
  const sizes = [sizeOf(x.shape) / channels, channels, varianceEpsilon];
  heap.exports.f32_batch_norm_inference!(...addresses, ...sizes, ...scratch);
  return y;
}

export const fusedBatchNorm: OwnKernel = { name: 'FusedBatchNorm', run };
