import type { TensorDevice } from '../../../src/backends/tensors/tensor-device.js';
import * as tf from '../../../src/backends/tf.js';

export interface Values {
  data: Float32Array;
  shape: number[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Runs one tfjs kernel by its name and reads its outputs. */
export async function runKernel(
  device: TensorDevice,
  name: string,
  inputs: Record<string, Values | undefined>,
  attrs: object,
): Promise<Values[]> {
  const results = device.run(() =>
    tf.tidy(() => {
      const tensors = Object.entries(inputs)
        .filter(([, values]) => values)
        .map(([key, values]) => [key, tf.tensor(values!.data, values!.shape)]);
      const result = tf.engine().runKernel(name, Object.fromEntries(tensors), attrs as never);
      return Array.isArray(result) ? result : [result];
    }),
  );
  const read = await Promise.all(
    results.map(async (one) => ({ data: (await one.data()) as Float32Array, shape: one.shape })),
  );
  results.forEach((one) => one.dispose());
  return read;
}
