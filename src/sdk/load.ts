import { HandfulError, throwIfAborted, toHandfulError } from '../errors.js';
import type {
  CreateOptions,
  LoadOptions,
  LongCallOptions,
  RegressionCreateOptions,
  RegressionLoadOptions,
  Spec,
} from '../types.js';
import { linkHere, linkWorker, startWorker } from '../workers/client.js';
import type { Link } from '../workers/client.js';
import { connect } from '../workers/connection.js';
import type { OpenOptions, Source, WireSample } from '../workers/protocol.js';
import { checkFileSize } from '../common/file-size.js';
import { absolute } from './absolute.js';
import { checked } from '../common/check-options.js';
import type { Classifier } from './classifier.js';
import { Handle } from './handle.js';
import { takeSamples } from './inputs.js';
import { CREATE, LOAD } from './options.js';
import { plain } from './plain.js';
import { copied, isBlob, refuse, tag, unreadable } from '../common/refuse.js';
import type { Regressor } from './regressor.js';
import { storage } from './saved.js';

/** What `load` takes: a pretrained id, `indexeddb:name`, a URL, a model file's content, or files that belong together. */
export type LoadSource = string | URL | Blob | ArrayBuffer | Uint8Array | ArrayLike<File>;

/**
 * Loads a network: starts its worker, chooses its backend, puts its weights in.
 * @param source A pretrained id such as `mnist-lenet5`; `indexeddb:name` for a saved one; a URL (a string with a slash
 *   or ending as model files do); or a file's content: .safetensors of handful's or a PyTorch state_dict, or another
 *   format that `docs/formats.md` tells of; or a list of files, such as a model.json and its weights.
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
export function load(source: LoadSource, options: RegressionLoadOptions): Promise<Regressor>;
export async function load(
  source: LoadSource,
  options?: LoadOptions | RegressionLoadOptions,
): Promise<Classifier | Regressor> {
  const given = checked(options as LoadOptions | undefined, LOAD);
  const moved: Transferable[] = [];
  const taken = given.probe && takeSamples(given.probe, { loss: 'crossEntropy', outputs: 0 }, moved, 'Probe sample');
  const [from, probe] = await Promise.all([resolve(source), taken]);
  return open(from, { ...given, probe }, moved);
}

/**
 * Creates an untrained network from a spec, with seeded random weights, ready for `fineTune`.
 * @throws {HandfulError} `bad-argument` for a spec that makes no sense; else as `load`.
 * @example
 * const shapes = await create(lenet5({ classes: 3 }), { labels: ['circle', 'cross', 'line'] });
 * await shapes.fineTune(samples);
 */
export function create(spec: Spec, options?: CreateOptions): Promise<Classifier>;
/**
 * Creates an untrained network for regression, which answers as many numbers as its last layer has units.
 * @example
 * const sine = await create(mlp([1, 32, 1], { activation: 'tanh' }), { loss: 'squaredError' });
 * await sine.fineTune(points.map(({ x, y }) => ({ input: [x], target: y })));
 */
export function create(spec: Spec, options: RegressionCreateOptions): Promise<Regressor>;
export async function create(
  spec: Spec,
  options?: CreateOptions | RegressionCreateOptions,
): Promise<Classifier | Regressor> {
  const given = checked(options as CreateOptions | undefined, CREATE);
  return open({ kind: 'spec', spec: copied('The spec', spec, plain) }, given);
}

async function resolve(source: LoadSource): Promise<Source> {
  try {
    const { byteLength, size = byteLength } = Object(source) as { byteLength?: number; size?: number };
    if (size) checkFileSize(size);
    const file = isBlob(source) ? await source.arrayBuffer() : source;
    if (/^(Uint8Array|(Shared)?ArrayBuffer)$/.test(tag(file)))
      return { kind: 'bytes', bytes: new Uint8Array(file as ArrayBuffer).slice() };
    if (/^(Array|FileList)$/.test(tag(source)))
      return { kind: 'files', files: Array.from(source as ArrayLike<File>, asFile) };
    if (tag(source) === 'URL') return { kind: 'url', url: (source as URL).href };
  } catch (cause) {
    throw unreadable('The source', 'bad-argument', cause);
  }
  if (typeof source !== 'string' || source === '') refuse('Expected an id, a URL or a model file', source);
  if (source.startsWith('indexeddb:')) {
    const { read } = await storage();
    return { kind: 'bytes', bytes: await read(source.slice('indexeddb:'.length)) };
  }
  if (/[/:.]/.test(source)) return { kind: 'url', url: absolute(source, 'The source') };
  return { kind: 'pretrained', id: source };
}

const asFile = (file: File): File => (tag(file) === 'File' ? file : refuse('A list to load holds Files', file));

/** Options of `load`, but for a probe's samples, which are out of the DOM. */
type Given = Omit<LoadOptions, 'probe'> & { probe?: WireSample[] | undefined };

/** @param moved What of the samples can be moved instead of copied. */
async function open(source: Source, options: Given, moved: Transferable[] = []): Promise<Classifier | Regressor> {
  const { signal, onProgress, worker = true, recover = true, backend = 'auto', seed = 0, ...rest } = options;
  throwIfAborted(signal);
  storage().catch(() => {}); // fetched ahead of the first `save`
  const start = startOf(worker);
  if (rest.device && start !== linkHere) refuse('The option device needs worker: false', worker);
  const lasts = recover && start !== linkHere;
  const given = { ...rest, backend, seed, recover: lasts } as OpenOptions;
  const connection = await connect(start, lasts && ((host, learned) => host.open({}, source, given, learned)));
  try {
    const info = await connection.call(
      (host, call) => host.open(call, source, given),
      { signal, onProgress },
      source.kind === 'bytes' && !lasts ? [...moved, source.bytes.buffer] : moved,
    );
    Object.assign(given, { preprocess: info.preprocess, probe: undefined }); // what it chose, if the network opens again
    // A clone's file knows its spec, labels and preprocessing, which may have changed since.
    const reopen = (bytes: Uint8Array, call: LongCallOptions) =>
      open({ kind: 'bytes', bytes }, { worker, recover, backend, seed, device: rest.device, ...call });
    return new Handle(connection, info, reopen) as Classifier | Regressor;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** What starts a host: in a worker by default, where there are workers; in this thread in Node and where asked for. */
function startOf(worker: boolean | (() => Worker)): () => Promise<Link> {
  if (typeof worker === 'function') return async () => linkWorker(callersWorker(worker));
  if ('ServiceWorkerGlobalScope' in globalThis)
    throw new HandfulError('worker', 'A service worker may not import(): use a page or worker.');
  return worker && typeof Worker !== 'undefined' ? async () => linkWorker(await startWorker()) : linkHere;
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
