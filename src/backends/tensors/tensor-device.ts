import type { Device } from '../device.js';

/**
 * A backend of tfjs. That has one current backend a thread, so tensor work is handed over as a function, and devices
 * that share a thread (`worker: false`) take turns between, never within, such functions.
 */
export interface TensorDevice extends Device {
  /** Runs synchronous tensor work on this device. */
  run<T>(work: () => T): T;
  /**
   * Waits for results, such as `tensor.data()`.
   * @throws {HandfulError} `backend-lost` if the GPU goes away first, which leaves its own promises pending or broken.
   */
  settle<T>(result: Promise<T>): Promise<T>;
}
