import type {
  BackendInfo,
  CallOptions,
  Evaluation,
  ExportOptions,
  FineTuneOptions,
  FineTuneReport,
  Input,
  LongCallOptions,
  LossName,
  Prediction,
  PredictOptions,
  Preprocessing,
  Reading,
  ReadOptions,
  RegressionEvaluation,
  RegressionFineTuneOptions,
  RegressionPrediction,
  RegressionReport,
  Spec,
} from '../types.js';
import type { Connection } from '../workers/connection.js';
import type { Call, HostApi, NetworkInfo, TeachOptions, Told, WireSample } from '../workers/protocol.js';
import { callOrder } from './call-order.js';
import { checked } from '../common/check-options.js';
import { copied } from '../common/refuse.js';
import { takeInputs, takeSamples } from './inputs.js';
import { CALL, LONG_CALL } from './options.js';
import type { AnySample } from './said.js';
import { storage } from './saved.js';

/** Loads another network of a file. */
type Reopen = (bytes: Uint8Array, options: LongCallOptions) => Promise<Handle>;

/**
 * A network that answers and learns. Calls on it run one after another, in the order they were made; a call that fails
 * or is aborted leaves it as it was. Made by `load` or `create`; after `dispose` every call rejects with `disposed`.
 * Every call takes a `signal` that ends it, and refuses options that it does not know or that make no sense with
 * `bad-argument`, before anything else happens. What the calls take and answer is told by `Classifier` and `Regressor`.
 */
export class Handle {
  readonly #connection: Connection;
  readonly #info: NetworkInfo;
  readonly #reopen: Reopen;
  readonly #inOrder = callOrder();

  /** @internal */
  constructor(connection: Connection, info: NetworkInfo, reopen: Reopen) {
    this.#connection = connection;
    this.#info = info;
    this.#reopen = reopen;
  }

  get loss(): LossName {
    return this.#info.loss;
  }

  /** The classes, in the order of `probabilities` and of the confusion matrix; regression has none. */
  get labels(): string[] {
    return structuredClone(this.#info.labels);
  }

  /** The architecture, as plain data. */
  get spec(): Spec {
    return structuredClone(this.#info.spec);
  }

  /** How inputs become the network's. */
  get preprocess(): Preprocessing {
    return structuredClone(this.#info.preprocess);
  }

  /** What was assumed where the file did not say, and how well that reads a probe, for people. Not saved. */
  get notes(): string[] {
    return structuredClone(this.#info.notes);
  }

  /** Number of trainable parameters. */
  get parameters(): number {
    return this.#info.parameters;
  }

  /** What it runs on, and why, as its last call told: that may change in the background, also as a GPU is lost. */
  get backend(): BackendInfo {
    return structuredClone(this.#info.backend);
  }

  async predict(input: Input, options?: PredictOptions): Promise<Prediction | RegressionPrediction> {
    const [answer] = await this.predictBatch([input], options);
    return answer as Prediction | RegressionPrediction;
  }

  predictBatch(inputs: readonly Input[], options?: PredictOptions): Promise<Prediction[] | RegressionPrediction[]> {
    return this.#ask(inputs, options, 'predict') as Promise<Prediction[]>;
  }

  read(input: Input, options?: ReadOptions): Promise<Reading> {
    return this.#ask([input], options, 'read') as Promise<Reading>;
  }

  async evaluate(samples: readonly AnySample[], options?: LongCallOptions): Promise<Evaluation | RegressionEvaluation> {
    const call = checked(options, LONG_CALL);
    const moved: Transferable[] = [];
    const items = await this.#inOrder(this.#taken(samples, moved));
    return this.#call((host, call) => host.evaluate(call, items), call, moved);
  }

  async fineTune(
    samples: readonly AnySample[],
    options?: FineTuneOptions | RegressionFineTuneOptions,
  ): Promise<FineTuneReport | RegressionReport> {
    const rules = { ...LONG_CALL, ...this.#info.options.fineTune };
    const { signal, onProgress, validation, ...recipe } = checked(options, rules);
    const moved: Transferable[] = [];
    const held = typeof validation === 'object' ? this.#taken(validation, moved, 'Validation sample') : validation;
    const [items, heldItems] = await this.#inOrder(Promise.all([this.#taken(samples, moved), held]));
    const teach = { ...recipe, validation: heldItems } as TeachOptions;
    return this.#call((host, call) => host.fineTune(call, items, teach), { signal, onProgress }, moved);
  }

  /**
   * A copy of all weights, running statistics of batch norm included, by the names, in the order and in the layout of a
   * PyTorch state_dict, flat: to be averaged with others', compared or sent.
   * @throws {HandfulError} `bad-argument`, `aborted`.
   * @example
   * const mine = await digits.weights();
   * mine['fc3.bias']; // Float32Array(10)
   */
  async weights(options?: CallOptions): Promise<Record<string, Float32Array>> {
    return this.#connection.call((host, call) => host.weights(call), await this.#ready(options));
  }

  /**
   * Puts copies of these weights in the place of all that it has; `reset` returns to those it was loaded with. What it
   * knew of itself goes with the weights it knew it of: its temperature, and whatever is told by layers that are others
   * now, such as `rejected: 'unfamiliar'`.
   * @param weights By name, as `weights` gives them; PyTorch's counters of batches are passed over.
   * @throws {HandfulError} `bad-argument` naming the first that is missing, unknown, of another length or not finite;
   *   `aborted`. The network stays as it was.
   * @example
   * const [mine, theirs] = [await digits.weights(), await others.weights()];
   * for (const name in mine) mine[name] = mine[name].map((weight, i) => (weight + theirs[name][i]) / 2);
   * await digits.setWeights(mine);
   */
  async setWeights(weights: Readonly<Record<string, ArrayLike<number>>>, options?: CallOptions): Promise<void> {
    const copy = copied<object>('The weights', weights, structuredClone);
    return this.#call((host, call) => host.setWeights(call, copy), await this.#ready(options));
  }

  /**
   * Returns to the weights and labels that it was loaded or created with.
   * @throws {HandfulError} `bad-argument`, `aborted`, `backend-lost`.
   * @example
   * await digits.fineTune(samples);
   * await digits.reset(); // as it was loaded
   */
  async reset(options?: CallOptions): Promise<void> {
    return this.#call((host, call) => host.reset(call), await this.#ready(options));
  }

  /**
   * Another one with the same weights, independent of this one from here on, in a worker of its own.
   * @throws {HandfulError} `bad-argument`, `aborted`, `worker`, `out-of-memory`.
   * @example
   * const student = await digits.clone();
   * await student.fineTune(samples); // digits stays as it is
   */
  async clone(options?: LongCallOptions): Promise<this> {
    const call = checked(options, LONG_CALL);
    return (await this.#reopen(await this.#file(call), call)) as this;
  }

  /**
   * Saves the whole network in this browser's IndexedDB; `load('indexeddb:name')` brings it back.
   * @throws {HandfulError} `bad-argument`; `storage` where there is no IndexedDB, or it is blocked or full; `aborted`.
   * @example
   * await digits.save('my-hand');
   * const mine = await load('indexeddb:my-hand');
   */
  async save(name: string, options?: CallOptions): Promise<void> {
    const bytes = await this.#file(checked(options, CALL));
    const { write } = await storage();
    await write(name, bytes);
  }

  /**
   * The whole network as one file, which `load` reads again: .safetensors for handful and PyTorch, or another `format`.
   * @throws {HandfulError} `bad-argument`, `network`, `aborted`.
   * @example
   * const file = await digits.export();
   * link.href = URL.createObjectURL(file); // <a download="my-hand.safetensors">
   */
  async export(options?: ExportOptions): Promise<Blob> {
    const bytes = await this.#file(checked(options, { ...CALL, ...this.#info.options.export }));
    return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' });
  }

  /**
   * Ends its worker and frees all it holds. Calls under way reject with `disposed`.
   * @example
   * digits.dispose();
   */
  dispose(): void {
    this.#connection.close();
  }

  async #ask(inputs: readonly Input[], options: CallOptions | undefined, what: 'predict' | 'read') {
    const { signal, ...asked } = checked(options, { ...CALL, ...this.#info.options[what] });
    const moved: Transferable[] = [];
    const items = await this.#inOrder(takeInputs(inputs, moved));
    return this.#call<unknown>((host, call) => host[what](call, items, asked), { signal }, moved);
  }

  /** Calls the host, and notes what it tells of the network besides the result. */
  async #call<T>(
    run: (host: HostApi, call: Call) => Promise<Told<T>>,
    options: LongCallOptions,
    moved?: Transferable[],
  ): Promise<T> {
    const told = await this.#connection.call(run, options, moved);
    Object.assign(this.#info, told.info);
    if ('file' in told) this.#connection.keep(told.file);
    return told.result;
  }

  #taken(samples: readonly AnySample[], moved: Transferable[], what?: string): Promise<WireSample[]> {
    return takeSamples(samples, this.#info, moved, what);
  }

  async #file({ signal, format }: ExportOptions): Promise<Uint8Array> {
    return this.#connection.call((host, call) => host.export(call, format), await this.#ready({ signal }));
  }

  /** The options of what needs no inputs, once the calls before are sent. */
  async #ready(options: CallOptions | undefined): Promise<CallOptions> {
    const call = checked(options, CALL);
    await this.#inOrder(0);
    return call;
  }
}
