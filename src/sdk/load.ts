import { aborted, HandfulError, throwIfAborted, toHandfulError } from '../errors.js';
import type { LoadOptions, LongCallOptions, RegressorOptions, Spec } from '../types.js';
import { connectHere, connectWorker, startWorker } from '../workers/client.js';
import type { Connection } from '../workers/client.js';
import type { Source } from '../workers/protocol.js';
import { Classifier } from './classifier.js';
import { absolute, openOptions } from './load-options.js';
import type { OpenedWith } from './load-options.js';
import { refuse } from './refuse.js';
import { Regressor } from './regressor.js';

/** What `load` takes: a pretrained id, `indexeddb:name`, a URL, or a .safetensors file's content. */
export type LoadSource = string | URL | Blob | ArrayBuffer | Uint8Array;

/**
 * Loads a network: starts its worker, chooses its backend, puts its weights in.
 * @param source A pretrained id such as `mnist-lenet5`; `indexeddb:name` for a saved one; a URL (a string with a slash
 *   or ending in .safetensors); or the content of a .safetensors file, be it handful's or a PyTorch state_dict.
 * @throws {HandfulError} `not-found`, `network`, `bad-model`, `bad-argument`, `backend-unavailable`, `worker`,
 *   `storage`, `aborted`.
 * @example
 * const digits = await load('mnist-lenet5');
 * const { label } = await digits.predict(canvas);
 */
export function load(source: LoadSource, options?: LoadOptions): Promise<Classifier>;
/**
 * Loads a network for regression. A file that handful saved knows what it is without the option, but TypeScript does not.
 * @example
 * const sine = await load('indexeddb:sine', { loss: 'squaredError' });
 * const { values } = await sine.predict([0.5]);
 */
export function load(source: LoadSource, options: RegressorOptions): Promise<Regressor>;
export async function load(
  source: LoadSource,
  options?: LoadOptions | RegressorOptions,
): Promise<Classifier | Regressor> {
  const given = openOptions(options);
  throwIfAborted(given.options.signal);
  return open(await resolve(source), given);
}

/**
 * Creates an untrained network from a spec, with seeded random weights, ready for `fineTune`.
 * @throws {HandfulError} `bad-argument` for a spec that makes no sense; else as `load`.
 * @example
 * const shapes = await create(lenet5({ classes: 3 }), { labels: ['circle', 'cross', 'line'] });
 * await shapes.fineTune(samples);
 */
export function create(spec: Spec, options?: LoadOptions): Promise<Classifier>;
/**
 * Creates an untrained network for regression, which answers as many numbers as its last layer has units.
 * @example
 * const sine = await create(mlp([1, 32, 1], { activation: 'tanh' }), { loss: 'squaredError' });
 * await sine.fineTune([{ input: [0], target: 0 }, { input: [1], target: 0.84 }, …]);
 */
export function create(spec: Spec, options: RegressorOptions): Promise<Regressor>;
export async function create(spec: Spec, options?: LoadOptions | RegressorOptions): Promise<Classifier | Regressor> {
  return open({ kind: 'spec', spec }, openOptions(options));
}

async function resolve(source: LoadSource): Promise<Source> {
  if (source instanceof Uint8Array || source instanceof ArrayBuffer)
    return { kind: 'bytes', bytes: new Uint8Array(source.slice(0)) };
  if (source instanceof Blob) return { kind: 'bytes', bytes: new Uint8Array(await source.arrayBuffer()) };
  if (source instanceof URL) return { kind: 'url', url: source.href };
  if (typeof source !== 'string' || source === '') refuse('Expected an id, a URL or a .safetensors file', source);
  if (source.startsWith('indexeddb:')) {
    const { read } = await import('./storage.js');
    return { kind: 'bytes', bytes: await read(source.slice('indexeddb:'.length)) };
  }
  if (/[/:]|\.safetensors$/.test(source)) return { kind: 'url', url: absolute(source, 'The source') };
  return { kind: 'pretrained', id: source };
}

async function open(source: Source, { options, wire }: OpenedWith): Promise<Classifier | Regressor> {
  const { signal, onProgress, backend, seed, assetBase, worker } = options;
  throwIfAborted(signal);
  const connection = await connect(worker);
  // A worker that never comes up would not hear an abort.
  let abort!: () => void;
  const abortion = new Promise<never>((_, reject) => (abort = () => reject(aborted(signal))));
  signal?.addEventListener('abort', abort);
  try {
    const info = await Promise.race([
      connection.call(
        (host, call) => host.open(call, source, wire),
        { signal, onProgress },
        source.kind === 'bytes' ? [source.bytes.buffer] : [],
      ),
      abortion,
    ]);
    // A clone's file knows its spec, labels and preprocessing, which may have changed since.
    const reopen = (bytes: Uint8Array, call: LongCallOptions) =>
      open({ kind: 'bytes', bytes }, openOptions({ backend, seed, assetBase, worker, ...call }));
    return new (info.loss === 'squaredError' ? Regressor : Classifier)(connection, info, reopen);
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** A worker by default, where there are workers; this thread in Node and where asked for. */
async function connect(worker: LoadOptions['worker']): Promise<Connection> {
  if (typeof worker === 'function') return connectWorker(callersWorker(worker));
  if ('ServiceWorkerGlobalScope' in globalThis)
    throw new HandfulError(
      'worker',
      'handful does not run in a service worker, where import() is not allowed: load it in a page or another worker.',
    );
  return (worker ?? true) && typeof Worker !== 'undefined' ? connectWorker(await startWorker()) : connectHere();
}

function callersWorker(make: () => Worker): Worker {
  let worker: Worker;
  try {
    worker = make();
  } catch (error) {
    throw toHandfulError(error, 'worker');
  }
  if (typeof worker?.postMessage === 'function') return worker;
  return refuse('The option worker makes a Worker', worker);
}
