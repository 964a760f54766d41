import type { BackendInfo, CallOptions, ExportOptions, LongCallOptions, Preprocessing, Spec } from '../types.js';
import type { Connection } from '../workers/connection.js';
import type { Call, HostApi, NetworkInfo, Tuned } from '../workers/protocol.js';
import { checked } from './check.js';
import type { Taken } from './inputs.js';
import { CALL, EXPORT, LONG_CALL } from './options.js';
import { storage } from './saved.js';

/**
 * A network that answers and learns. Calls on it run one after another, in the order they were made; a call that fails
 * or is aborted leaves it as it was. Made by `load` or `create`; after `dispose` every call rejects with `disposed`.
 * Every call takes a `signal` that ends it, and refuses options that it does not know or that make no sense with
 * `bad-argument`, before anything else happens.
 */
export abstract class Handle {
  /** Resolves when every call made so far was sent, so that one whose inputs take longer is not overtaken. */
  #sent: Promise<unknown> = Promise.resolve();

  /** @internal */
  constructor(
    private readonly connection: Connection,
    /** @internal */
    protected info: NetworkInfo,
    private readonly reopen: (bytes: Uint8Array, options: LongCallOptions) => Promise<Handle>,
  ) {}

  /** The classes, in the order of `probabilities` and of the confusion matrix; regression has none. */
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
   * Returns to the weights and labels that it was loaded or created with.
   * @throws {HandfulError} `bad-argument`, `aborted`, `backend-lost`.
   * @example
   * await digits.fineTune(samples);
   * await digits.reset(); // as it was loaded
   */
  async reset(options?: CallOptions): Promise<void> {
    const call = checked(options, CALL);
    await this.inOrder();
    this.info = await this.connection.call((host, call) => host.reset(call), call);
    this.connection.keep(undefined);
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
    return (await this.reopen(await this.bytes(call), call)) as this;
  }

  /**
   * Saves the whole network in this browser's IndexedDB; `load('indexeddb:name')` brings it back.
   * @throws {HandfulError} `bad-argument`; `storage` where there is no IndexedDB, or it is blocked or full; `aborted`.
   * @example
   * await digits.save('my-hand');
   * const mine = await load('indexeddb:my-hand');
   */
  async save(name: string, options?: CallOptions): Promise<void> {
    const bytes = await this.bytes(checked(options, CALL));
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
    const bytes = await this.bytes(checked(options, EXPORT));
    return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' });
  }

  /**
   * Ends its worker and frees all it holds. Calls under way reject with `disposed`.
   * @example
   * digits.dispose();
   */
  dispose(): void {
    this.connection.close();
  }

  /**
   * Calls the host once the inputs are taken out of the DOM and the calls made before are sent.
   * @internal
   */
  protected async send<Items, T>(
    taken: Promise<Taken<Items>>,
    options: LongCallOptions,
    run: (host: HostApi, call: Call, items: Items) => Promise<T>,
  ): Promise<T> {
    const { items, transferables } = await this.inOrder(taken);
    return this.connection.call((host, call) => run(host, call, items), options, transferables);
  }

  /**
   * The same for what changes the network.
   * @internal
   */
  protected async learn<Items, Report>(
    taken: Promise<Taken<Items>>,
    options: LongCallOptions,
    run: (host: HostApi, call: Call, items: Items) => Promise<Tuned<Report>>,
  ): Promise<Report> {
    const { report, info, file } = await this.send(taken, options, run);
    this.info = info;
    this.connection.keep(file);
    return report;
  }

  /** Waits for a call's inputs and for the calls before it to be sent. */
  private async inOrder<T>(taken?: Promise<T>): Promise<T> {
    const both = [Promise.resolve(taken), this.#sent] as const;
    // A call that is refused at once lets none overtake those before it. What these yielded is not kept.
    this.#sent = Promise.allSettled(both).then(() => {});
    const [result] = await Promise.all(both);
    return result as T;
  }

  private async bytes({ signal, format }: ExportOptions): Promise<Uint8Array> {
    await this.inOrder();
    return this.connection.call((host, call) => host.export(call, format), { signal });
  }
}
