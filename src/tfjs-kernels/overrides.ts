import { fusedBatchNorm } from './kernels/batch-norm.js';
import { batchMatMul, fusedMatMul } from './kernels/matmul.js';
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput, fusedConv2D } from './kernels/conv2d.js';
import { identity } from './kernels/identity.js';
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from './kernels/pool.js';
import { sum } from './kernels/sum.js';
import type { OwnKernel } from './register.js';

/** Our kernels of tfjs's official names: any TensorFlow.js model runs on them. */
export const officialKernels: readonly OwnKernel[] = [
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
