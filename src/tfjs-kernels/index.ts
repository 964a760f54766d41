/**
 * `import 'handful/tfjs-kernels'` registers handful's kernels on TensorFlow.js's `wasm` backend under their official
 * names: those that the backend lacks for training, and faster ones in the place of its own. So any TensorFlow.js model
 * trains there. On every backend, WebGPU's too, the gradients of sums and means, and so of batch norm, upload nothing. It is a product of its own beside the SDK: it needs only the caller's own `@tensorflow/tfjs-core` and
 * `@tensorflow/tfjs-backend-wasm`, and the SDK needs nothing of it.
 * @module handful/tfjs-kernels
 */

import { registerKernel } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm'; // registers its kernels first, so that ours come after
import { registerReductionGradients } from './gradients/reductions.js';
import { conv2DBackpropFilterConfig } from './missing/conv2d-backprop-filter.js';
import { depthwiseFilterGradientConfig, depthwiseInputGradientConfig } from './missing/depthwise-gradients.js';
import { kernelOverrides } from './overrides/index.js';
import { registerKernels } from './register.js';

registerKernel(conv2DBackpropFilterConfig); // for browsers without SIMD
registerKernel(depthwiseFilterGradientConfig);
registerKernel(depthwiseInputGradientConfig);
registerKernels(kernelOverrides);
registerReductionGradients();
