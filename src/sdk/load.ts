import { aborted, throwIfAborted, toHandfulError } from '../errors.js';
import type { LoadOptions, Spec } from '../types.js';
import { connectHere, connectWorker, startWorker } from '../workers/client.js';
import type { Connection } from '../workers/client.js';
import type { Source } from '../workers/protocol.js';
import { Classifier } from './classifier.js';
import { refuse } from './inputs.js';
import { absolute, openOptions } from './load-options.js';

/** What `load` takes: a pretrained id, `indexeddb:name`, a URL, or a .safetensors file's content. */
export type LoadSource = string | URL | Blob | ArrayBuffer | Uint8Array;

/**
 * Loads a network: starts its worker, chooses its backend, puts its weights in.
 * @param source A pretrained id such as `mnist-lenet5`; `indexeddb:name` for a saved one; a URL (a string with a slash
 *   or ending in .safetensors); or the content of a .safetensors file, be it handful's or a PyTorch state_dict.
 * @throws {HandfulError} `not-found`, `network`, `bad-model`, `bad-argument`, `backend-unavailable`, `worker`,
 *   `storage`, `aborted`.
 */
export async function load(source: LoadSource, options: LoadOptions = {}): Promise<Classifier> {
  throwIfAborted(options.signal);
  return open(await resolve(source), options);
}

/**
 * Creates an untrained network from a spec, with seeded random weights, ready for `fineTune`.
 * @throws {HandfulError} `bad-argument` for a spec that makes no sense; else as `load`.
 */
export async function create(spec: Spec, options: LoadOptions = {}): Promise<Classifier> {
  return open({ kind: 'spec', spec }, options);
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

async function open(source: Source, options: LoadOptions): Promise<Classifier> {
  const { signal, onProgress } = options;
  const wire = openOptions(options);
  throwIfAborted(signal);
  const connection = await connect(options.worker);
  // A worker that never comes up would not hear an abort.
  let abort!: () => void;
  const abortion = new Promise<never>((_, reject) => (abort = () => reject(aborted(signal))));
  signal?.addEventListener('abort', abort);
  try {
    const transferables = source.kind === 'bytes' ? [source.bytes.buffer] : [];
    const info = await Promise.race([
      connection.call('open', [source, wire], { signal, onProgress }, transferables),
      abortion,
    ]);
    // A clone's file knows its spec, labels and preprocessing, which may have changed since.
    const { backend, seed, assetBase, worker } = options;
    return new Classifier(connection, info, (bytes, call) =>
      open({ kind: 'bytes', bytes }, { backend, seed, assetBase, worker, ...call }),
    );
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
