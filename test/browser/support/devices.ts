import type { Device } from '../../../src/backends/device.js';
import { openWasm } from '../../../src/backends/wasm/open.js';
import { openWebgpu } from '../../../src/backends/webgpu/open.js';
import type { BackendName } from '../../../src/types.js';
import { assertSame, usage } from './leaks.js';
import type { HasMemory } from './leaks.js';

export function openDevice(name: BackendName): Promise<Device> {
  return name === 'wasm' ? openWasm({}) : openWebgpu();
}

/** A suite on a device of its own, opened once for all its tests; each has to leave as much memory as it found. */
export function onOpened<D extends HasMemory & { release(): void }>(
  title: string,
  open: () => Promise<D>,
  suite: (device: () => D) => void,
): void {
  describe(`on ${title}`, () => {
    let device: D;
    let found: ReturnType<typeof usage>;
    before(async () => void (device = await open()));
    after(() => device.release());
    beforeEach(() => void (found = usage(device)));
    afterEach(() => assertSame(usage(device), found, 'after the test'));
    suite(() => device);
  });
}

/** Describes a suite on one device. A backend that is missing fails it. */
export function onDevice(name: BackendName, suite: (device: () => Device) => void): void {
  onOpened(name, () => openDevice(name), suite);
}

/** The suite on every device. */
export function onEachDevice(suite: (device: () => Device) => void): void {
  for (const name of ['wasm', 'webgpu'] as const) onDevice(name, suite);
}
