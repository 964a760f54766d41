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

let own: Shared | undefined;
const others = new WeakMap<GPUDevice, Shared>();

export interface StartOptions {
  description: string;
  software: boolean;
  /** Milliseconds after which a GPU that yields nothing counts as lost. */
  patience?: number | undefined;
}

/**
 * Opens a GPU, or shares the one that is open in this thread already.
 * @param source Asks for a device; or a device of somebody else's, which is not destroyed.
 */
export async function openShared(
  source: (() => Promise<GPUDevice>) | GPUDevice,
  options: StartOptions,
): Promise<Device> {
  const patience = options.patience ?? (options.software ? PATIENCE.software : PATIENCE.hardware);
  if (typeof source !== 'function') {
    const entry = others.get(source) ?? { gpu: Promise.resolve(new Gpu(source, patience)), owners: 0 };
    others.set(source, entry);
    entry.owners++;
    return adopt(entry, await entry.gpu, options.description, () => others.delete(source));
  }
  for (;;) {
    const found = own;
    const entry = found ?? { gpu: source().then((device) => new Gpu(device, patience)), owners: 0 };
    own = entry;
    entry.owners++;
    const forget = () => {
      if (own === entry) own = undefined;
    };
    try {
      const gpu = await entry.gpu;
      if (!gpu.loss)
        return adopt(entry, gpu, options.description, () => {
          forget();
          gpu.device.destroy();
        });
      forget(); // it went away while nobody looked
    } catch (error) {
      forget();
      if (!found) throw error; // else it was another's start that failed
    }
  }
}

/** @param end Told once nobody owns it any more. */
function adopt(entry: Shared, gpu: Gpu, adapter: string, end: () => void): Device {
  let released = false;
  return {
    name: 'webgpu',
    info: { name: 'webgpu', adapter },
    ready: async () => {},
    memory: () => gpu.memory,
    executor: (network) => new WebgpuExecutor(gpu, network),
    get isLost() {
      return gpu.loss !== undefined;
    },
    release() {
      if (released) return;
      released = true;
      if (--entry.owners > 0) return;
      gpu.stop();
      end();
    },
  };
}
