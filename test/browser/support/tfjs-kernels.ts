import { engine } from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { kernelOverrides } from '../../../src/tfjs-kernels/overrides/index.js';
import { registerKernels } from '../../../src/tfjs-kernels/register.js';
import { onOpened } from './devices.js';
import { tfjsDevice } from './tfjs/device.js';
import type { TfjsDevice } from './tfjs/device.js';
import * as tf from './tfjs/tf.js';

// These tests run in Node too.
const root = typeof location === 'undefined' ? process.cwd() : location.origin;

const stock = engine().registryFactory['wasm']; // before a device stands in its place

/** A suite on tfjs's WASM backend with our kernels in the place of its own, as `handful/tfjs-kernels` has them. */
export function onTfjsKernels(suite: (device: () => TfjsDevice) => void): void {
  const open = async () => {
    setWasmPaths(`${root}/node_modules/@tensorflow/tfjs-backend-wasm/dist/`);
    if (!stock) throw new Error("TensorFlow.js's WASM backend is not registered.");
    const backend = await stock.factory();
    registerKernels(kernelOverrides);
    return tfjsDevice('wasm', backend);
  };
  onOpened('our kernels', open, suite);
}

export interface Values {
  data: Float32Array;
  shape: number[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Runs one kernel of tfjs's by its name and reads its first output. */
export async function runKernel(
  device: TfjsDevice,
  name: string,
  inputs: Record<string, Values | undefined>,
  attrs: object,
): Promise<Values> {
  const result = device.run(() =>
    tf.tidy(() => {
      const given = Object.entries(inputs).flatMap(([key, values]) => (values ? [{ key, ...values }] : []));
      const tensors = given.map(({ key, data, shape }) => [key, tf.tensor(data, shape)]);
      return [tf.engine().runKernel(name, Object.fromEntries(tensors), attrs as never)].flat();
    }),
  )[0];
  if (!result) throw new Error(`${name} has no output.`);
  const data = (await result.data()) as Float32Array;
  result.dispose();
  return { data, shape: result.shape };
}
