import { engine } from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { openTensorDevice } from '../../../src/backends/tensors/open.js';
import type { TensorDevice } from '../../../src/backends/tensors/tensor-device.js';
import { kernelOverrides } from '../../../src/tfjs-kernels/overrides/index.js';
import { registerKernels } from '../../../src/tfjs-kernels/register.js';
import { onOpened } from './devices.js';

// These tests run in Node too.
const root = typeof location === 'undefined' ? process.cwd() : location.origin;

const start = engine().registryFactory.wasm.factory; // before a device stands in its place

/** tfjs's WASM backend with our kernels in the place of its own, as `handful/tfjs-kernels` has them. */
export function openOwnKernels(): Promise<TensorDevice> {
  return openTensorDevice('wasm', async () => {
    setWasmPaths(`${root}/node_modules/@tensorflow/tfjs-backend-wasm/dist/`);
    const backend = await start();
    registerKernels(kernelOverrides);
    return { backend, info: { name: 'wasm' } };
  });
}

export function onOwnKernels(suite: (device: () => TensorDevice) => void): void {
  onOpened('our kernels', openOwnKernels, suite);
}
