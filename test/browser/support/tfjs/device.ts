import { engine, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '@tensorflow/tfjs-core';

/** TensorFlow.js on one backend, for tests of what is made for it. */
export interface TfjsDevice {
  /** Runs synchronous tensor work. */
  run<T>(work: () => T): T;
  memory(): { used: number; reserved: number };
  release(): void;
}

/** Makes a started backend tfjs's current one, under this name. */
export function tfjsDevice(name: string, backend: KernelBackend): TfjsDevice {
  const tf = engine();
  delete tf.registry[name];
  delete tf.registryFactory[name];
  registerBackend(name, () => backend);
  void tf.setBackend(name); // synchronous, because the factory returns a started backend
  const { wasm } = backend as { wasm?: { HEAPU8: Uint8Array } };
  return {
    run: (work) => work(),
    memory: () => ({ used: tf.memory().numBytes, reserved: wasm?.HEAPU8.buffer.byteLength ?? 0 }),
    release: () => removeBackend(name),
  };
}
