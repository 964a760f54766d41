import type { Device } from '../../../src/backends/device.js';
import { openWasm } from '../../../src/backends/wasm/open.js';
import { openWebgpu } from '../../../src/backends/webgpu/open.js';
import type { BackendName } from '../../../src/types.js';
import { assertSame, usage } from './leaks.js';

export function openDevice(name: BackendName): Promise<Device> {
  return name === 'wasm' ? openWasm({}) : openWebgpu();
}

/**
 * Describes a suite on a device of its own, opened once for all its tests; each has to leave as many tensors as it
 * found. A backend that is missing fails the suite.
 */
export function onDevice(name: BackendName, suite: (device: () => Device) => void): void {
  describe(`on ${name}`, () => {
    let device: Device;
    let found: ReturnType<typeof usage>;
    before(async () => void (device = await openDevice(name)));
    after(() => device.release());
    beforeEach(() => void (found = usage(device)));
    afterEach(() => assertSame(usage(device), found, 'after the test'));
    suite(() => device);
  });
}

/** The suite on every backend. */
export function onEachDevice(suite: (device: () => Device) => void): void {
  for (const name of ['wasm', 'webgpu'] as const) onDevice(name, suite);
}
