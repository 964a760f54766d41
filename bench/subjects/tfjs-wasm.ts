// tfjs on its WASM backend, which has no filter gradient, so that users have to compose one; this is handful's composition
// of tfjs's kernels.

import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { conv2DBackpropFilterConfig } from '../../src/tfjs-kernels/missing/conv2d-backprop-filter.js';
import { subject } from './clock.js';
import { prepare } from './tfjs.js';

tf.registerKernel(conv2DBackpropFilterConfig);
setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
await tf.setBackend('wasm');
subject(prepare, { threads: 1 });
