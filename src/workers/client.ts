import { proxy, transfer, wrap } from 'comlink';
import { aborted, disposed, HandfulError, throwIfAborted, toHandfulError } from '../errors.js';
import type { LongCallOptions } from '../types.js';
import type { HostApi, ProgressCallback } from './protocol.js';
import { carryErrors } from './transfer.js';

type CallName = Exclude<keyof HostApi, 'abort' | 'dispose'>;
type Arguments<N extends CallName> =
  Parameters<HostApi[N]> extends [number, ProgressCallback, ...infer Rest] ? Rest : never;

/** The page's end of a host, wherever that runs. */
export interface Connection {
  /**
   * Calls the host. The signal and the callback work across; what is in `transferables` is moved, not copied.
   * @throws {HandfulError} What the host throws; `disposed` after `close`; `worker` if the worker dies.
   */
  call<N extends CallName>(
    name: N,
    args: Arguments<N>,
    options?: LongCallOptions,
    transferables?: Transferable[],
  ): ReturnType<HostApi[N]>;
  /** Ends the host and frees all it holds; pending calls reject with `disposed`. */
  close(): void;
}

/** A host in a worker. */
export function connectWorker(worker: Worker): Connection {
  carryErrors();
  // Comlink's calls stay pending when their worker dies or is ended, so each of them races with this.
  let fail!: (error: HandfulError) => void;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => {});
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    const reason = event.message || 'its script could not be loaded';
    fail(new HandfulError('worker', `handful's worker failed: ${reason}.`, { cause: event.error as unknown }));
  });
  const host = wrap<HostApi>(worker);
  return new HostConnection(
    (name, id, onProgress, [first, ...rest], transferables) => {
      const method = host[name] as (...args: unknown[]) => Promise<unknown>;
      const moved = transferables.length > 0 ? transfer(first as object, transferables) : first;
      return Promise.race([method(id, onProgress && proxy(onProgress), moved, ...rest), failed]);
    },
    (id) => void host.abort(id),
    () => {
      worker.terminate();
      fail(disposed());
    },
  );
}

/** A host in this thread. */
export async function connectHere(): Promise<Connection> {
  const { Host } = await import('./host.js');
  const host: HostApi = new Host();
  return new HostConnection(
    (name, id, onProgress, args) => {
      const method = host[name].bind(host) as (...args: unknown[]) => Promise<unknown>;
      return method(id, onProgress, ...args);
    },
    (id) => host.abort(id),
    () => host.dispose(),
  );
}

/** Starts handful's own worker. */
export function startWorker(): Worker {
  try {
    return new Worker(new URL('./handful.worker.js', import.meta.url), { type: 'module' });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'SecurityError')) throw toHandfulError(error, 'worker');
    // Served from another origin, as by a CDN: a worker of this origin may still import the script.
    const file = 'handful.worker.js'; // not a literal in the URL, or bundlers would copy the file a second time
    const url = new URL(/* @vite-ignore */ `./${file}`, import.meta.url).href;
    const script = URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' }));
    return new Worker(script, { type: 'module' });
  }
}

type Send = (
  name: CallName,
  id: number,
  onProgress: ProgressCallback,
  args: unknown[],
  transferables: Transferable[],
) => Promise<unknown>;

class HostConnection implements Connection {
  private calls = 0;
  private closed = false;

  constructor(
    private readonly send: Send,
    private readonly abort: (id: number) => void,
    private readonly end: () => void,
  ) {}

  call<N extends CallName>(
    name: N,
    args: Arguments<N>,
    { signal, onProgress }: LongCallOptions = {},
    transferables: Transferable[] = [],
  ): ReturnType<HostApi[N]> {
    return this.perform(name, args, { signal, onProgress }, transferables) as ReturnType<HostApi[N]>;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.end();
  }

  private async perform(
    name: CallName,
    args: unknown[],
    { signal, onProgress }: LongCallOptions,
    transferables: Transferable[],
  ): Promise<unknown> {
    if (this.closed) throw disposed();
    throwIfAborted(signal);
    const id = ++this.calls;
    const abort = () => this.abort(id);
    // What a callback throws ends its call and is what the call rejects with.
    let thrown: { error: unknown } | undefined;
    const report: ProgressCallback =
      onProgress &&
      ((progress) => {
        if (this.closed) return;
        try {
          if (!thrown) onProgress(progress);
        } catch (error) {
          thrown = { error };
          abort();
        }
        if (thrown) throw thrown.error; // so that a host that waits does not finish what is to fail
      });
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const result = await this.send(name, id, report, args, transferables);
      if (thrown) throw thrown.error;
      return result;
    } catch (error) {
      if (this.closed) throw disposed();
      if (thrown) throw thrown.error;
      const known = toHandfulError(error, isCloneError(error) ? 'bad-argument' : 'internal');
      throw known.code === 'aborted' ? aborted(signal) : known;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
}

/** The caller passed what cannot be sent to a worker, such as a function where a number belongs. */
function isCloneError(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'DataCloneError';
}
