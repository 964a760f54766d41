// A chunk of its own: nobody downloads tfjs and its WebGPU backend who does not use them.

import type { KernelBackend } from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu.js';
import '@tensorflow/tfjs-backend-webgpu/dist/flags_webgpu.js';
import '@tensorflow/tfjs-backend-webgpu/dist/register_all_kernels.js';

/** tfjs's WebGPU backend over a device that the caller has requested. */
export function startWebgpu(device: object, info: object | undefined): KernelBackend {
  type Parameters = ConstructorParameters<typeof WebGPUBackend>;
  return new WebGPUBackend(device as Parameters[0], info as Parameters[1]);
}

export { openTensorDevice } from '../tensors/open.js';
