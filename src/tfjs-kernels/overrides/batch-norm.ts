import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../common/shapes.js';
import { areFloats } from '../register.js';
import type { TfjsKernel } from '../register.js';
import type { TensorMemory } from '../tensor-memory.js';

interface Inputs {
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  scale?: TensorInfo | null;
  offset?: TensorInfo | null;
}

/** Batch norm of x [..., C] by given statistics, all [C]; others that broadcast are TensorFlow.js's. */
function run(
  memory: TensorMemory,
  { x, mean, variance, scale, offset }: Inputs,
  { varianceEpsilon }: { varianceEpsilon: number },
): TensorInfo | undefined {
  const channels = x.shape.at(-1) ?? 0;
  const vectors = [mean, variance, scale, offset].filter((one) => one != null);
  const areVectors = vectors.every(({ shape }) => shape.length === 1 && shape[0] === channels);
  if (!areFloats(x, ...vectors) || !areVectors || sizeOf(x.shape) === 0) return undefined;
  const y = memory.make(x.shape);
  memory.run({
    kernel: 'f32_batch_norm_inference',
    x: memory.at(x),
    mean: memory.at(mean),
    variance: memory.at(variance),
    scale: memory.at(scale),
    shift: memory.at(offset),
    y: memory.at(y),
    rows: sizeOf(x.shape) / channels,
    channels,
    epsilon: varianceEpsilon,
  });
  return y;
}

export const fusedBatchNorm: TfjsKernel = { name: 'FusedBatchNorm', run };
