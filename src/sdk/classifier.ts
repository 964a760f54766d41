import type {
  BackendInfo,
  CallOptions,
  Evaluation,
  FineTuneOptions,
  FineTuneReport,
  Input,
  LongCallOptions,
  Prediction,
  PredictOptions,
  Preprocessing,
  Sample,
  Spec,
} from '../types.js';
import type { Connection } from '../workers/client.js';
import type { ClassifierInfo } from '../workers/protocol.js';
import { takeInputs, takeSamples } from './inputs.js';
import { labelNames } from './load-options.js';

/**
 * A network that answers and learns. Calls on it run one after another, in the order they were made; a call that fails
 * or is aborted leaves it as it was. Made by `load` or `create`; after `dispose` every call rejects with `disposed`.
 */
export class Classifier {
  /** Resolves when every call made so far was sent, so that one whose inputs take longer is not overtaken. */
  private sent: Promise<unknown> = Promise.resolve();

  /** @internal */
  constructor(
    private readonly connection: Connection,
    private info: ClassifierInfo,
    private readonly reopen: (bytes: Uint8Array, options: LongCallOptions) => Promise<Classifier>,
  ) {}

  /** The classes, in the order of `probabilities` and of the confusion matrix. */
  get labels(): string[] {
    return [...this.info.labels];
  }

  /** The architecture, as plain data. */
  get spec(): Spec {
    return structuredClone(this.info.spec);
  }

  /** How inputs become the network's. */
  get preprocess(): Preprocessing {
    return structuredClone(this.info.preprocess);
  }

  /** Number of trainable parameters. */
  get parameters(): number {
    return this.info.parameters;
  }

  /** What it runs on, and why. If a GPU is lost in a call, the next `fineTune` or `reset` tells what took its place. */
  get backend(): BackendInfo {
    return { ...this.info.backend };
  }

  /**
   * Answers what one input shows. An input without ink is answered `{ label: null, rejected: 'blank' }`, and one
   * unlike anything the network was taught `{ label: null, rejected: 'unfamiliar' }`, if the network can tell.
   * @throws {HandfulError} `bad-input` if it cannot be read; `aborted`.
   */
  async predict(input: Input, options?: PredictOptions): Promise<Prediction> {
    const [prediction] = await this.predictBatch([input], options);
    return prediction!;
  }

  /**
   * Answers many inputs at once, which is faster than one by one.
   * @throws {HandfulError} `bad-input` naming the input by its index; `aborted`.
   */
  async predictBatch(inputs: readonly Input[], options: PredictOptions = {}): Promise<Prediction[]> {
    const { image = false, reject = true, signal } = options;
    const { items, transferables } = await this.inOrder(takeInputs(inputs));
    return this.connection.call('predict', [items, { image, reject }], { signal }, transferables);
  }

  /**
   * Measures accuracy and loss on labelled samples, per class too, with the confusion matrix.
   * @throws {HandfulError} `bad-argument` for an unknown label or an empty list; `bad-input`; `aborted`.
   */
  async evaluate(samples: readonly Sample[], options: LongCallOptions = {}): Promise<Evaluation> {
    const { items, transferables } = await this.inOrder(takeSamples(samples));
    return this.connection.call('evaluate', [items], options, transferables);
  }

  /**
   * Learns from a few labelled samples, 1 to some 1,000 of them, and keeps what was learned only if it is better on
   * samples that were held back. The defaults suit the number of samples and whether the network was trained before.
   * Labels that it does not know give it a new head.
   * @throws {HandfulError} `bad-argument`, `bad-input`, `aborted`, `diverged`; the classifier stays as it was.
   */
  async fineTune(samples: readonly Sample[], options: FineTuneOptions = {}): Promise<FineTuneReport> {
    const { signal, onProgress, validation, labels, ...rest } = options;
    const [{ items, transferables }, held] = await this.inOrder(
      Promise.all([
        takeSamples(samples),
        typeof validation === 'object' ? takeSamples(validation, 'Validation sample') : undefined,
      ]),
    );
    const { report, info } = await this.connection.call(
      'fineTune',
      [
        items,
        {
          ...rest,
          validation: typeof validation === 'object' ? undefined : validation,
          labels: labels === undefined ? labels : labelNames(labels),
        },
        held?.items,
      ],
      { signal, onProgress },
      [...transferables, ...(held?.transferables ?? [])],
    );
    this.info = info;
    return report;
  }

  /** Returns to the weights and labels that it was loaded or created with. */
  async reset(options: CallOptions = {}): Promise<void> {
    await this.inOrder();
    this.info = await this.connection.call('reset', [], options);
  }

  /** Another classifier with the same weights, independent of this one from here on. */
  async clone(options: LongCallOptions = {}): Promise<Classifier> {
    return this.reopen(await this.bytes(options), options);
  }

  /**
   * Saves the whole classifier in this browser's IndexedDB; `load('indexeddb:name')` brings it back.
   * @throws {HandfulError} `storage` where there is no IndexedDB, or it is blocked or full.
   */
  async save(name: string, options: CallOptions = {}): Promise<void> {
    const bytes = await this.bytes(options);
    const { write } = await import('./storage.js');
    await write(name, bytes);
  }

  /** The whole classifier as one .safetensors file, which `load` reads and PyTorch too. */
  async export(options: CallOptions = {}): Promise<Blob> {
    return new Blob([(await this.bytes(options)) as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' });
  }

  /** Ends its worker and frees all it holds. Calls under way reject with `disposed`. */
  dispose(): void {
    this.connection.close();
  }

  /** Waits for a call's inputs and for the calls before it to be sent. */
  private inOrder<T>(taken?: Promise<T>): Promise<T> {
    const before = this.sent;
    const ready = (async () => {
      const [result] = await Promise.all([taken, before]);
      return result as T;
    })();
    this.sent = ready.catch(() => {});
    return ready;
  }

  private async bytes(options: CallOptions): Promise<Uint8Array> {
    await this.inOrder();
    return this.connection.call('export', [], { signal: options.signal });
  }
}
