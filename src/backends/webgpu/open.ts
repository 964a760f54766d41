import { inTime } from '../../common/in-time.js';
import { lazy } from '../../common/lazy.js';
import { HandfulError, toHandfulError } from '../../errors.js';
import type { Device } from '../device.js';

/** What the browser tells of its GPU. */
export interface Adapter {
  description: string;
  /** Rendered by the CPU, which the WASM path does better. */
  software: boolean;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp/i;
// More than every device has, so that networks may be as large as this one lets them. No feature is needed.
const LIMITS = ['maxStorageBufferBindingSize', 'maxBufferSize'] as const;

// For the browser's answers, which may never come from a GPU process that is in trouble.
const PATIENCE = 8000; // ms

async function requestAdapter(): Promise<GPUAdapter | null> {
  const gpu = globalThis.navigator?.gpu as GPU | undefined; // not everywhere, whatever its type says
  if (!gpu) return null;
  // Some browsers expose WebGPU and then reject instead of answering null, or never answer.
  return inTime(gpu.requestAdapter({ powerPreference: 'high-performance' }), PATIENCE).catch(() => null);
}

/** What tells of an adapter; browsers before 2025 tell of software in another place, and nothing of a device's adapter. */
interface Described {
  info?: Partial<GPUAdapterInfo>;
  isFallbackAdapter?: boolean;
}

function describe(adapter: Described): Adapter {
  const { info = {} } = adapter;
  const words = [info.description, info.device, info.architecture, info.vendor].filter(Boolean);
  const software = info.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;
  return { description: words[0] || 'unnamed GPU', software: software || SOFTWARE.test(words.join(' ')) };
}

const NO_ADAPTER = "WebGPU was asked for, but this browser has no adapter for it; use 'auto' or 'wasm'.";

/** What stands behind WebGPU here, or behind a device; null if there is nothing. */
export async function probeWebgpu(device?: GPUDevice): Promise<Adapter | null> {
  if (device) return describe({ info: device.adapterInfo });
  const adapter = await requestAdapter();
  return adapter && describe(adapter);
}

export interface WebgpuOptions {
  /** The caller's, which is never destroyed. Default: one of our own. */
  device?: GPUDevice | undefined;
  /** Milliseconds after which a GPU that yields nothing counts as lost. */
  patience?: number;
}

/**
 * Opens the WebGPU device; its code is loaded only now.
 * @throws {HandfulError} `backend-unavailable` where the browser has no WebGPU or no adapter.
 */
export async function openWebgpu({ device, patience }: WebgpuOptions = {}): Promise<Device> {
  const { openShared } = await lazy(import('./start.js'));
  if (device) return openShared(device, { ...describe({ info: device.adapterInfo }), patience });
  const adapter = await requestAdapter();
  if (!adapter) throw new HandfulError('backend-unavailable', NO_ADAPTER);
  return openShared(() => requestDevice(adapter), { ...describe(adapter), patience });
}

async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  try {
    const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
    return await inTime(adapter.requestDevice({ requiredLimits }), PATIENCE);
  } catch (cause) {
    const why = toHandfulError(cause).message;
    throw new HandfulError('backend-unavailable', `WebGPU could not be started: ${why}`, { cause });
  }
}
