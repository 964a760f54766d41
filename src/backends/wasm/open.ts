import { HandfulError } from '../../errors.js';
import type { Device, DeviceInfo } from '../device.js';
import { WasmExecutor } from './engine/wasm-executor.js';
import { startEngine } from './engine/engine.js';
import type { Engine } from './engine/engine.js';
import { hasSimd } from './features.js';

export interface WasmOptions {
  /** At most so many threads. Default: as many as there are cores, up to four; one where the page is not isolated. */
  threads?: number;
}

const NO_SIMD = "This browser's WebAssembly has no SIMD; browsers have had it since 2021, Safari since 16.4.";

let shared: { engine: Promise<Engine>; owners: number } | undefined;

/**
 * Opens the WASM device.
 * @throws {HandfulError} `backend-unavailable` in browsers without WebAssembly or its SIMD.
 */
export async function openWasm(options: WasmOptions): Promise<Device> {
  if (typeof WebAssembly === 'undefined')
    throw new HandfulError('backend-unavailable', 'This browser has no WebAssembly, or its policy forbids it.');
  if (!hasSimd()) throw new HandfulError('backend-unavailable', NO_SIMD);
  const entry = (shared ??= { engine: startEngine(options.threads), owners: 0 });
  entry.owners++;
  const giveUp = (engine?: Engine) => {
    if (--entry.owners > 0) return;
    if (shared === entry) shared = undefined;
    engine?.stop();
  };
  let engine: Engine;
  try {
    engine = await entry.engine;
  } catch (error) {
    giveUp();
    throw error;
  }
  let released = false;
  return {
    name: 'wasm',
    get info(): DeviceInfo {
      return { name: 'wasm', simd: engine.simd, threads: engine.expected };
    },
    ready: () => engine.startThreads(),
    memory: () => ({ used: engine.heap.used, reserved: engine.heap.memory.buffer.byteLength }),
    isLost: false,
    executor: (network) => new WasmExecutor(engine, network),
    release() {
      if (!released) giveUp(engine);
      released = true;
    },
  };
}
