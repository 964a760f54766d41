import type { Device } from '../../../src/backends/device.js';
import * as tf from '../../../src/backends/tf.js';

/** What a device holds now. */
export interface Usage {
  tensors: number;
  bytes: number;
  dataIds: number;
}

interface Inside {
  numDataIds(): number;
  memory(): { numBytesAllocatedInGPU?: number };
  wasm?: { HEAPU8: Uint8Array };
}

const inside = (device: Device) => tf.engine().registry[device.name] as unknown as Inside;

export function usage(device: Device): Usage {
  return device.run(() => {
    const { numTensors, numBytes } = tf.engine().memory();
    return { tensors: numTensors, bytes: numBytes, dataIds: inside(device).numDataIds() };
  });
}

/** Bytes taken from the system, which backends keep for later use: the WASM heap, or the GPU's buffers. */
function reserved(device: Device): number {
  return device.run(() =>
    device.name === 'wasm'
      ? inside(device).wasm!.HEAPU8.buffer.byteLength
      : inside(device).memory().numBytesAllocatedInGPU!,
  );
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
  const size = reserved(device);
  for (let i = 0; i < times; i++) {
    await work();
    assertSame(usage(device), before, `at repetition ${i + 1}`);
  }
  const most = device.name === 'wasm' ? size : 2 * size;
  const now = reserved(device);
  if (now > most) throw new Error(`Memory grew from ${size} to ${now} bytes in ${times} repetitions.`);
}
