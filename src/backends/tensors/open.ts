import { engine, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { HandfulError } from '../../errors.js';
import type { BackendName } from '../../types.js';
import type { Device } from '../device.js';
import { registerGradients } from './gradients.js';
import type { TensorDevice } from './tensor-device.js';
import { TensorExecutor } from './tensor-executor.js';

/** What a backend's own start function yields. */
export interface Started {
  backend: KernelBackend;
  info: Device['info'];
  lost?: Promise<string>;
}

interface Shared {
  started: Promise<Started>;
  owners: number;
}

// Milliseconds within which a browser tells of a lost GPU once its results fail.
const LOSS_DELAY = 500;

const shared = new Map<BackendName, Shared>();

/** Opens a device, or shares the one of that name which is open in this thread already. */
export async function openTensorDevice(name: BackendName, start: () => Promise<Started>): Promise<TensorDevice> {
  registerGradients();
  for (;;) {
    const found = shared.get(name);
    const entry = found ?? { started: start(), owners: 0 };
    shared.set(name, entry);
    entry.owners++;
    try {
      return adopt(name, entry, await entry.started);
    } catch (error) {
      if (shared.get(name) === entry) shared.delete(name);
      if (!found) throw error; // else it was another's start that failed, perhaps by its options
    }
  }
}

function adopt(name: BackendName, entry: Shared, { backend, info, lost }: Started): TensorDevice {
  const forget = () => {
    if (shared.get(name) === entry) shared.delete(name);
  };
  const waiting = new Set<(error: HandfulError) => void>();
  let loss: HandfulError | undefined;
  void lost?.then((reason) => {
    forget();
    loss = new HandfulError('backend-lost', `The GPU went away (${reason}).`);
    for (const reject of waiting) reject(loss);
  });
  let released = false;
  const device: TensorDevice = {
    name,
    info,
    memory: () => device.run(() => ({ used: engine().memory().numBytes, reserved: reserved(backend) })),
    executor: (network) => new TensorExecutor(device, network),
    get isLost() {
      return loss !== undefined;
    },
    run(work) {
      if (loss) throw loss;
      activate(name, backend);
      return work();
    },
    settle(result) {
      if (!lost) return result;
      return new Promise((resolve, reject) => {
        if (loss) reject(loss);
        waiting.add(reject);
        // What was under way may fail a little before the GPU is known to be lost.
        const failed = async (error: unknown) => {
          await Promise.race([lost, new Promise((done) => setTimeout(done, LOSS_DELAY))]);
          reject(loss ?? error);
        };
        result.then(resolve, failed).finally(() => waiting.delete(reject));
      });
    },
    release() {
      if (released) return;
      released = true;
      if (--entry.owners > 0) return;
      forget();
      if (engine().registry[name] === backend) removeBackend(name);
      else backend.dispose();
    },
  };
  return device;
}

/** Makes a backend tfjs's current one; synchronous, because its factory returns a started backend. */
function activate(name: BackendName, backend: KernelBackend): void {
  const tf = engine();
  if (tf.registry[name] !== backend) {
    delete tf.registry[name];
    delete tf.registryFactory[name];
    registerBackend(name, () => backend);
  }
  if (tf.backendName !== name || tf.registry[name] !== backend) void tf.setBackend(name);
}

/** The WASM heap, or the GPU's buffers. */
function reserved(backend: KernelBackend): number {
  const inside = backend as { wasm?: { HEAPU8: Uint8Array }; memory(): { numBytesAllocatedInGPU?: number } };
  return inside.wasm?.HEAPU8.buffer.byteLength ?? inside.memory().numBytesAllocatedInGPU ?? 0;
}
