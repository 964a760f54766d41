// A chunk of its own: nobody downloads the WebGPU engine who does not use it.

import type { Device } from '../device.js';
import { WebgpuExecutor } from './engine/executor.js';
import { Gpu } from './engine/gpu.js';

interface Shared {
  readonly gpu: Promise<Gpu>;
  owners: number;
}

// Milliseconds that a GPU may take for what it was given, which is little at a time; one in software is slow.
const PATIENCE = { hardware: 10_000, software: 120_000 };

let shared: Shared | undefined;

/**
 * Opens a GPU, or shares the one that is open in this thread already.
 * @param request Asks for the device.
 */
export async function openShared(
  request: () => Promise<GPUDevice>,
  { description, software }: { description: string; software: boolean },
): Promise<Device> {
  const patience = software ? PATIENCE.software : PATIENCE.hardware;
  for (;;) {
    const found = shared;
    const entry = found ?? { gpu: request().then((device) => new Gpu(device, patience)), owners: 0 };
    shared = entry;
    entry.owners++;
    try {
      const gpu = await entry.gpu;
      if (!gpu.loss) return adopt(entry, gpu, description);
      if (shared === entry) shared = undefined; // it went away while nobody looked
    } catch (error) {
      if (shared === entry) shared = undefined;
      if (!found) throw error; // else it was another's start that failed
    }
  }
}

function adopt(entry: Shared, gpu: Gpu, adapter: string): Device {
  let released = false;
  return {
    name: 'webgpu',
    info: { name: 'webgpu', adapter },
    memory: () => gpu.memory,
    executor: (network) => new WebgpuExecutor(gpu, network),
    get isLost() {
      return gpu.loss !== undefined;
    },
    release() {
      if (released) return;
      released = true;
      if (--entry.owners > 0) return;
      if (shared === entry) shared = undefined;
      gpu.stop();
    },
  };
}
