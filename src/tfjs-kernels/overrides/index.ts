import type { TfjsKernel } from '../register.js';
import { fusedBatchNorm } from './batch-norm.js';
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput, fusedConv2D } from './conv2d.js';
import { identity } from './identity.js';
import { batchMatMul, fusedMatMul } from './matmul.js';
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from './pool.js';
import { sum } from './sum.js';

/** Kernels of ours under TensorFlow.js's official names: any of its models runs on them. */
export const kernelOverrides: readonly TfjsKernel[] = [
  avgPool,
  avgPoolGrad,
  batchMatMul,
  conv2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  fusedBatchNorm,
  fusedConv2D,
  fusedMatMul,
  identity,
  maxPool,
  maxPoolGrad,
  sum,
];
