// tfjs on its WebGPU backend.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';
import { subject } from './clock.js';
import { prepare } from './tfjs.js';

if (!(await tf.setBackend('webgpu'))) throw new Error('tfjs could not start its WebGPU backend');
subject(prepare);
