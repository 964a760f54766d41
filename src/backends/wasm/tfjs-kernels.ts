/**
 * `import 'handful/tfjs-kernels'` registers the kernels that TensorFlow.js's `wasm` backend lacks for training, under
 * their official names, so that any TensorFlow.js model trains there. It stands by itself: it needs only the caller's
 * own `@tensorflow/tfjs-core` and `@tensorflow/tfjs-backend-wasm`.
 * @packageDocumentation
 */

import { registerKernel } from '@tensorflow/tfjs-core';
import { conv2DBackpropFilterConfig } from './kernels/conv2d_backprop_filter.js';

registerKernel(conv2DBackpropFilterConfig);
