import { engine } from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { openTensorDevice } from '../../../src/backends/tensors/open.js';
import type { TensorDevice } from '../../../src/backends/tensors/tensor-device.js';
import * as tf from '../../../src/backends/tf.js';
import { kernelOverrides } from '../../../src/tfjs-kernels/overrides/index.js';
import { registerKernels } from '../../../src/tfjs-kernels/register.js';
import { onOpened } from './devices.js';

// These tests run in Node too.
const root = typeof location === 'undefined' ? process.cwd() : location.origin;

const start = engine().registryFactory.wasm.factory; // before a device stands in its place

/** A suite on tfjs's WASM backend with our kernels in the place of its own, as `handful/tfjs-kernels` has them. */
export function onTfjsKernels(suite: (device: () => TensorDevice) => void): void {
  const open = () =>
    openTensorDevice('wasm', async () => {
      setWasmPaths(`${root}/node_modules/@tensorflow/tfjs-backend-wasm/dist/`);
      const backend = await start();
      registerKernels(kernelOverrides);
      return { backend, info: { name: 'wasm' } };
    });
  onOpened('our kernels', open, suite);
}

export interface Values {
  data: Float32Array;
  shape: number[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Runs one kernel of tfjs's by its name and reads its first output. */
export async function runKernel(
  device: TensorDevice,
  name: string,
  inputs: Record<string, Values | undefined>,
  attrs: object,
): Promise<Values> {
  const result = device.run(() =>
    tf.tidy(() => {
      const given = Object.entries(inputs).flatMap(([key, values]) => (values ? [{ key, ...values }] : []));
      const tensors = given.map(({ key, data, shape }) => [key, tf.tensor(data, shape)]);
      const results = tf.engine().runKernel(name, Object.fromEntries(tensors), attrs as never);
      return Array.isArray(results) ? results[0] : results;
    }),
  );
  const data = (await result.data()) as Float32Array;
  result.dispose();
  return { data, shape: result.shape };
}
