// onnxruntime-web on WebGPU.

import * as ort from 'onnxruntime-web/webgpu';
import { subject } from './clock.js';
import { open } from './ort.js';

subject(open(ort, 'webgpu', 1));
