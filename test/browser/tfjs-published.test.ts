// tfjs-core's own published tests of what our kernels compute, with its expectations of values and gradients, on WASM
// with `handful/tfjs-kernels`.

import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import { speakJasmine } from './support/jasmine.js';

const leaveOut = [
  // What tfjs's WASM backend refuses, and ours leaves to it: channels first, a bias of another shape than [channels],
  // products of whole numbers.
  /NCHW/,
  /fused conv2d .*(broadcasted|scalar) bias/,
  /fused conv2d .*gradient x=\[2,3,3,1\] f=\[2,2,1,1\] s=1 p=0 with bias/,
  /fused matmul .*(2d bias|bias different rank)/,
  /matmul .*upcasts when dtypes dont match/,
  // Its own, to which we leave windows that lie in padding alone, does not have the answers expected here.
  /pool .*(max|avg) x=\[2,2,3\] f=\[1,1\] s=2 p=1 fractional outputs default rounding/,
  // Where padding is left out of a mean, tfjs expects a gradient as if it were not.
  /avgPool .*gradient x=\[3,3,1\] f=\[3,3\] s=1 p=explicit/,
  // Not a number is the greatest of a window, as in PyTorch: it is not to be overlooked.
  /maxPool .*ignores NaNs/,
];

setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
await import('@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js');
await import('../../src/tfjs-kernels/index.js');

// One thread: each suite starts tfjs's backend anew, and its threads would outlive it.
setTestEnvs([{ name: 'wasm', backendName: 'wasm', isDataSync: true, flags: { WASM_HAS_MULTITHREAD_SUPPORT: false } }]);
const end = speakJasmine(leaveOut);
await import('@tensorflow/tfjs-core/dist/ops/avg_pool_test.js');
await import('@tensorflow/tfjs-core/dist/ops/batchnorm_test.js');
await import('@tensorflow/tfjs-core/dist/ops/conv2d_test.js');
await import('@tensorflow/tfjs-core/dist/ops/conv2d_transpose_test.js');
await import('@tensorflow/tfjs-core/dist/ops/depthwise_conv2d_test.js');
await import('@tensorflow/tfjs-core/dist/ops/fused/fused_conv2d_test.js');
await import('@tensorflow/tfjs-core/dist/ops/fused/fused_mat_mul_test.js');
await import('@tensorflow/tfjs-core/dist/ops/mat_mul_test.js');
await import('@tensorflow/tfjs-core/dist/ops/max_pool_test.js');
await import('@tensorflow/tfjs-core/dist/ops/pool_test.js');
await import('@tensorflow/tfjs-core/dist/ops/sum_test.js');
end();
