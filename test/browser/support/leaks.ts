import { engine } from '@tensorflow/tfjs-core';

/** A device, as far as leaks go. */
export interface HasMemory {
  readonly name?: string;
  memory(): { used: number; reserved: number };
}

/** What a device holds now, and tfjs, where a test uses it. */
export interface Usage {
  tensors: number;
  bytes: number;
}

export function usage(device: HasMemory): Usage {
  return { tensors: engine().state.numTensors, bytes: device.memory().used };
}

export function assertSame(now: object, then: object, when: string): void {
  const [is, was] = [JSON.stringify(now), JSON.stringify(then)];
  if (is !== was) throw new Error(`Leaked ${when}: ${was} became ${is}.`);
}

/**
 * Does `work` a few times until memory has found its size, then many times more: what is held has to be as much after each
 * time as before. The WASM heap may not grow at all; the GPU's may a little, as buffers that results are read
 * from are kept.
 */
export async function leakCheck(device: HasMemory, work: () => Promise<unknown>): Promise<void> {
  const times = device.name === 'webgpu' ? 4 : 20; // a GPU in software is slow
  const before = usage(device);
  for (let i = 0; i < 3; i++) await work();
  const size = device.memory().reserved;
  for (let i = 0; i < times; i++) {
    await work();
    assertSame(usage(device), before, `at repetition ${i + 1}`);
  }
  const most = device.name === 'webgpu' ? 2 * size : size;
  const now = device.memory().reserved;
  if (now > most) throw new Error(`Memory grew from ${size} to ${now} bytes in ${times} repetitions.`);
}
