import { proxy, transfer, wrap } from 'comlink';
import { aborted, disposed, HandfulError, throwIfAborted, toHandfulError } from '../errors.js';
import type { LongCallOptions } from '../types.js';
import type { HostApi, ProgressCallback } from './protocol.js';

type CallName = Exclude<keyof HostApi, 'abort' | 'dispose'>;
type Arguments<N extends CallName> =
  Parameters<HostApi[N]> extends [number, ProgressCallback, ...infer Rest] ? Rest : never;
type Result<N extends CallName> = Awaited<ReturnType<HostApi[N]>>;

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
  ): Promise<Result<N>>;
  /** Ends the host and frees all it holds; pending calls reject with `disposed`. */
  close(): void;
}

// Generous, since nothing says whether a script is still on its way.
const PATIENCE = 60; // s

/** A host in a worker, which has so many seconds to say that it is there. */
export function connectWorker(worker: Worker, patience = PATIENCE): Connection {
  // Comlink's calls stay pending when their worker dies or is ended, so each of them races with this.
  let fail!: (error: HandfulError) => void;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const died = (reason: string, cause?: unknown) =>
    fail(new HandfulError('worker', `handful's worker failed: ${reason}.`, { cause }));
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    died(event.message || 'its script could not be loaded', event.error);
  });
  // Ticks instead of one deadline: for a computer that slept an hour it was one of them.
  const clock = setInterval(() => {
    if (--patience <= 0) died('its script does not arrive, or is not handful.worker.js');
  }, 1000);
  const stop = () => clearInterval(clock);
  worker.addEventListener('message', stop, { once: true });
  failed.catch(stop);
  const host = wrap<HostApi>(worker);
  return connection(
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
  return connection(
    (name, id, onProgress, args) => {
      const method = host[name].bind(host) as (...args: unknown[]) => Promise<unknown>;
      return method(id, onProgress, ...args);
    },
    (id) => host.abort(id),
    () => host.dispose(),
  );
}

/** Starts handful's own worker. */
export async function startWorker(): Promise<Worker> {
  try {
    return new Worker(new URL('./handful.worker.js', import.meta.url), { type: 'module' });
  } catch (error) {
    if (!isDomException(error, 'SecurityError')) throw toHandfulError(error, 'worker');
    return (await import('./elsewhere.js')).importWorker();
  }
}

type Send = (
  name: CallName,
  id: number,
  onProgress: ProgressCallback,
  args: unknown[],
  transferables: Transferable[],
) => Promise<unknown>;

function connection(send: Send, abortCall: (id: number) => void, end: () => void): Connection {
  let calls = 0;
  let closed = false;
  return {
    async call<N extends CallName>(
      name: N,
      args: Arguments<N>,
      { signal, onProgress }: LongCallOptions = {},
      transferables: Transferable[] = [],
    ): Promise<Result<N>> {
      if (closed) throw disposed();
      throwIfAborted(signal);
      const id = ++calls;
      const abort = () => abortCall(id);
      // What a callback throws, or rejects with, ends its call and is what the call rejects with.
      let thrown: { error: unknown } | undefined;
      const report: ProgressCallback =
        onProgress &&
        (async (progress) => {
          if (closed) return;
          try {
            if (!thrown) await (onProgress(progress) as unknown); // an async one
          } catch (error) {
            thrown = { error };
            abort();
          }
          if (thrown) throw thrown.error; // so that a host that waits does not finish what is to fail
        });
      signal?.addEventListener('abort', abort, { once: true });
      try {
        const result = await send(name, id, report, args, transferables);
        if (thrown) throw thrown.error;
        return result as Result<N>;
      } catch (error) {
        if (closed) throw disposed();
        if (thrown) throw thrown.error;
        // A clone error: the caller passed what cannot be sent, such as a function where a number belongs.
        const code = isDomException(error, 'DataCloneError') ? 'bad-argument' : 'internal';
        const known = toHandfulError(received(error), code);
        throw known.code === 'aborted' ? aborted(signal) : known;
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },
    close() {
      if (closed) return;
      closed = true;
      end();
    },
  };
}

function isDomException(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}

/**
 * A HandfulError of the host's as one of the page's; anything else as it is. From a worker it comes as `sendErrors`
 * sent it, and the host's own script has a class of its own.
 */
export function received(error: unknown): unknown {
  if (!(error instanceof Error && error.name === 'HandfulError') || error instanceof HandfulError) return error;
  const { code, message, stack, cause } = error as HandfulError;
  const options = cause ? { cause: cause instanceof Error ? cause : Object.assign(new Error(), cause) } : {};
  return Object.assign(new HandfulError(code, message, options), { stack });
}
