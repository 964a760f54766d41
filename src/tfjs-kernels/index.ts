/**
 * `import 'handful/tfjs-kernels'` registers handful's kernels on TensorFlow.js's `wasm` backend under their official
 * names: those that the backend lacks for training, and faster ones in the place of its own. So any TensorFlow.js model
 * trains there. It stands by itself: it needs only the caller's own `@tensorflow/tfjs-core` and
 * `@tensorflow/tfjs-backend-wasm`.
 * @packageDocumentation
 */

import { registerKernel } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm'; // registers its kernels first, so that ours come after
import { conv2DBackpropFilterConfig } from './kernels/conv2d-backprop-filter.js';
import { depthwiseFilterGradientConfig, depthwiseInputGradientConfig } from './kernels/depthwise-gradients.js';
import { officialKernels } from './overrides.js';
import { registerOwn } from './register.js';

registerKernel(conv2DBackpropFilterConfig); // for browsers without SIMD
registerKernel(depthwiseFilterGradientConfig);
registerKernel(depthwiseInputGradientConfig);
registerOwn(officialKernels);
