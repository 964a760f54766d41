import { createStore, promisifyRequest } from 'idb-keyval';
import { inTime } from '../common/in-time.js';
import { throwIfAborted, toHandfulError } from '../errors.js';
import type { BackendInfo, BackendName } from '../types.js';
import type { Device } from './device.js';
import { openWasm } from './wasm/open.js';
import type { WasmOptions } from './wasm/open.js';
import { openWebgpu, probeWebgpu } from './webgpu/open.js';
import type { Adapter } from './webgpu/open.js';

export interface SelectOptions extends WasmOptions {
  /** Default `auto`. */
  backend?: 'auto' | BackendName;
  /** Names the model's architecture, under which the choice is remembered on this device. */
  remember: string;
  signal?: AbortSignal;
  /** Puts the model on a device to be timed there. */
  trial: (device: Device) => Trial;
}

export interface Trial {
  /** One real training step, up to its results being there. */
  step(): Promise<void>;
  /** Frees what the trial put on the device. */
  dispose(): void;
}

export interface Selected {
  device: Device;
  info: BackendInfo;
}

/**
 * Opens the backend asked for; `auto` takes the faster one on this device for this model, by timing a real step on
 * each, and remembers the answer.
 * @throws {HandfulError} `backend-unavailable` if a backend asked for by name is not there; what opening one throws.
 */
export async function selectDevice(options: SelectOptions): Promise<Selected> {
  const { backend = 'auto', signal } = options;
  if (backend === 'webgpu') return chosen(await openWebgpu(), 'WebGPU was asked for.');
  const wasm = await openWasm(options);
  if (backend === 'wasm') return chosen(wasm, 'WASM was asked for.');
  try {
    const adapter = await probeWebgpu();
    if (!adapter) return chosen(wasm, 'WASM: no WebGPU adapter is offered here.');
    if (adapter.software)
      return chosen(wasm, `WASM: the only WebGPU adapter (${adapter.description}) runs in software.`);
    throwIfAborted(signal);
    return await faster(wasm, adapter, options);
  } catch (error) {
    wasm.release();
    throw error;
  }
}

// For the database's answer: a tab may hold it up for ever, and to time again takes less.
const PATIENCE = 1000; // ms

// To be raised when kernels become so much faster that what was measured before no longer tells.
const GENERATION = 2;

type Timings = Record<BackendName, number>;

/** The faster of both devices; the other one is released. */
async function faster(wasm: Device, adapter: Adapter, options: SelectOptions): Promise<Selected> {
  // The key names everything that affects timing, so entries never go stale.
  const key = [GENERATION, options.remember, adapter.description, wasm.info.threads, globalThis.navigator?.userAgent];
  const remembered = await recall(key.join('|'));
  if (remembered && remembered.wasm <= remembered.webgpu)
    return chosen(wasm, explain('wasm', remembered, true), remembered);
  const ofWasm = remembered?.wasm ?? (await time(wasm, options));
  let webgpu: Device | undefined;
  try {
    webgpu = await openWebgpu();
    const timings = remembered ?? { wasm: ofWasm, webgpu: await time(webgpu, options) };
    if (!remembered) await remember(key.join('|'), timings);
    const name = timings.webgpu < timings.wasm ? 'webgpu' : 'wasm';
    const [device, other] = name === 'webgpu' ? [webgpu, wasm] : [wasm, webgpu];
    other.release();
    return chosen(device, explain(name, timings, remembered !== undefined), timings);
  } catch (error) {
    webgpu?.release();
    throwIfAborted(options.signal);
    const what = remembered ? 'was faster before, but does not open' : 'failed its trial';
    return chosen(wasm, `WASM: WebGPU ${what} (${toHandfulError(error).message}).`);
  }
}

function chosen(device: Device, reason: string, timings?: Timings): Selected {
  return { device, info: { ...device.info, reason, ...(timings && { timings }) } };
}

function explain(faster: BackendName, timings: Timings, remembered: boolean): string {
  const name = { wasm: 'WASM', webgpu: 'WebGPU' };
  const slower = faster === 'wasm' ? 'webgpu' : 'wasm';
  const when = remembered ? 'when it was timed on this device' : 'just now';
  return (
    `${name[faster]}: a training step of this model took ${timings[faster].toFixed(1)} ms, ` +
    `against ${timings[slower].toFixed(1)} ms on ${name[slower]}, ${when}.`
  );
}

/** Best of a few steps in milliseconds, after one that compiles and uploads; bounded to about 60 ms of steps. */
async function time(device: Device, { trial, signal }: SelectOptions): Promise<number> {
  const { step, dispose } = trial(device);
  try {
    await step();
    let best = Infinity;
    for (let start = performance.now(), runs = 0; runs < 5 && performance.now() - start < 60; runs++) {
      throwIfAborted(signal);
      const begin = performance.now();
      await step();
      best = Math.min(best, performance.now() - begin);
    }
    return best;
  } finally {
    dispose();
  }
}

// Its own database: workers have IndexedDB but no localStorage. Each access closes it, lest an app that deletes its data
// waits for us.
async function access<T>(mode: IDBTransactionMode, run: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return createStore('handful-backends', 'timings')(mode, async ({ transaction }) => {
    const request = run(transaction.objectStore('timings'));
    transaction.db.onversionchange = () => transaction.db.close();
    await promisifyRequest(transaction).finally(() => transaction.db.close());
    return request.result;
  });
}

async function remember(key: string, timings: Timings): Promise<void> {
  try {
    await inTime(
      access('readwrite', (store) => store.put(timings, key)),
      PATIENCE,
    );
  } catch {
    // A private window may refuse: then every visit is timed.
  }
}

async function recall(key: string): Promise<Timings | undefined> {
  try {
    const timings: Partial<Timings> | undefined = await inTime(
      access('readonly', (store) => store.get(key)),
      PATIENCE,
    );
    const { wasm, webgpu } = timings ?? {};
    return wasm !== undefined && webgpu !== undefined ? { wasm, webgpu } : undefined;
  } catch {
    return undefined; // no IndexedDB here, or it is blocked, such as by a tab that deletes it and waits for another one
  }
}
