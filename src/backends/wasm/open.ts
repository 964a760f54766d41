import type { Device } from '../device.js';
import { openDevice } from '../device.js';
import { startWasm } from './module.js';
import type { WasmOptions } from './module.js';
import { registerWasmKernels } from './register.js';

/** Opens the WASM device, with every kernel that handful's networks need. */
export function openWasm(options: WasmOptions): Promise<Device> {
  return openDevice('wasm', async () => {
    const { backend, simd, threads } = await startWasm(options);
    registerWasmKernels();
    return { backend, info: { name: 'wasm', simd, threads } };
  });
}
