import type { Device } from '../../../src/backends/device.js';
import * as tf from '../../../src/backends/tf.js';

/** What a device holds now. */
export interface Usage {
  tensors: number;
  bytes: number;
  dataIds: number;
}

export function usage(device: Device): Usage {
  const { used } = device.memory();
  const tensors = tf.engine();
  const data = (tensors.registry[device.name] as { numDataIds?(): number } | undefined)?.numDataIds?.() ?? 0;
  return { tensors: tensors.state.numTensors, bytes: used, dataIds: data };
}

export function assertSame(now: object, then: object, when: string): void {
  const [is, was] = [JSON.stringify(now), JSON.stringify(then)];
  if (is !== was) throw new Error(`Leaked ${when}: ${was} became ${is}.`);
}

/**
 * Does `work` a few times until memory has found its size, then many times more: tensors have to be as many after each
 * time as before. The WASM heap may not grow at all; the GPU's pool may a little, since which of its buffers are free
 * for use again is a matter of timing.
 */
export async function leakCheck(device: Device, work: () => Promise<unknown>): Promise<void> {
  const times = device.name === 'wasm' ? 20 : 4; // a GPU in software is slow
  const before = usage(device);
  for (let i = 0; i < 3; i++) await work();
  const size = device.memory().reserved;
  for (let i = 0; i < times; i++) {
    await work();
    assertSame(usage(device), before, `at repetition ${i + 1}`);
  }
  const most = device.name === 'wasm' ? size : 2 * size;
  const now = device.memory().reserved;
  if (now > most) throw new Error(`Memory grew from ${size} to ${now} bytes in ${times} repetitions.`);
}
