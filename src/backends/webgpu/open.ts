import { inTime } from '../../common/in-time.js';
import { lazy } from '../../common/lazy.js';
import { HandfulError, toHandfulError } from '../../errors.js';
import type { TensorDevice } from '../tensors/tensor-device.js';

/** What the browser tells of its GPU. */
export interface Adapter {
  description: string;
  /** Rendered by the CPU, which the WASM path does better. */
  software: boolean;
}

// The parts of WebGPU's API that are used here; TypeScript's DOM library does not have them.
interface GpuAdapterInfo {
  vendor?: string;
  architecture?: string;
  device?: string;
  description?: string;
  isFallbackAdapter?: boolean;
}
interface GpuAdapter {
  info?: GpuAdapterInfo;
  isFallbackAdapter?: boolean;
  features: ReadonlySet<string>;
  limits: Record<string, number>;
  requestDevice(descriptor: object): Promise<GpuDevice>;
}
interface GpuDevice {
  lost: Promise<{ reason: string; message: string }>;
}
interface Gpu {
  requestAdapter(options: object): Promise<GpuAdapter | null>;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp/i;
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
];

// For the browser's answers, which may never come from a GPU process that is in trouble.
const PATIENCE = 8000; // ms

async function requestAdapter(): Promise<GpuAdapter | null> {
  const gpu = (globalThis.navigator as { gpu?: Gpu } | undefined)?.gpu;
  if (!gpu) return null;
  // Some browsers expose WebGPU and then reject instead of answering null, or never answer.
  return inTime(gpu.requestAdapter({ powerPreference: 'high-performance' }), PATIENCE).catch(() => null);
}

function describe(adapter: GpuAdapter): Adapter {
  const info = adapter.info ?? {};
  const words = [info.description, info.device, info.architecture, info.vendor].filter(Boolean);
  const software = info.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;
  return { description: words[0] || 'unnamed GPU', software: software || SOFTWARE.test(words.join(' ')) };
}

const NO_ADAPTER = "WebGPU was asked for, but this browser has no adapter for it; use 'auto' or 'wasm'.";

/** What stands behind WebGPU here; null if there is nothing. */
export async function probeWebgpu(): Promise<Adapter | null> {
  const adapter = await requestAdapter();
  return adapter && describe(adapter);
}

/**
 * Opens the WebGPU device; its code is loaded only now.
 * @throws {HandfulError} `backend-unavailable` where the browser has no WebGPU or no adapter.
 */
export async function openWebgpu(): Promise<TensorDevice> {
  const { openTensorDevice, startWebgpu } = await lazy(import('./start.js'));
  return openTensorDevice('webgpu', async () => {
    const adapter = await requestAdapter();
    if (!adapter) throw new HandfulError('backend-unavailable', NO_ADAPTER);
    try {
      const asked = adapter.requestDevice({
        requiredFeatures: ['timestamp-query', 'bgra8unorm-storage'].filter((name) => adapter.features.has(name)),
        requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
      });
      const device = await inTime(asked, PATIENCE);
      return {
        backend: startWebgpu(device, adapter.info),
        info: { name: 'webgpu', adapter: describe(adapter).description },
        lost: device.lost.then(({ reason, message }) => message || reason),
      };
    } catch (cause) {
      throw new HandfulError('backend-unavailable', `WebGPU could not be started: ${toHandfulError(cause).message}`, {
        cause,
      });
    }
  });
}
