import { aborted, disposed, HandfulError, throwIfAborted, toHandfulError } from '../errors.js';
import type { LongCallOptions, Progress } from '../types.js';
import type { Call, HostApi } from './protocol.js';
import { remoteHost } from './remote-host.js';
import { watch } from './watch.js';
import type { Patience } from './watch.js';

/** The page's end of a host, wherever that runs. */
export interface Connection {
  /**
   * Calls the host: `run` passes on to one of its methods what it is given. The signal and the callback work across;
   * what is in `transfer` is moved, not copied.
   * @throws {HandfulError} What the host throws; `disposed` after `close`; `worker` if the worker dies.
   */
  call<T>(
    run: (host: HostApi, call: Call) => Promise<T>,
    options?: LongCallOptions,
    transfer?: Transferable[],
  ): Promise<T>;
  /** Ends the host and frees all it holds; pending calls reject with `disposed`. */
  close(): void;
}

/** A host in a worker. */
export function connectWorker(worker: Worker, patience?: Patience): Connection {
  const { host, fail } = remoteHost(worker);
  const end = (error: HandfulError) => {
    unwatch();
    worker.terminate();
    fail(error);
  };
  const died = (reason: string, cause?: unknown) =>
    end(new HandfulError('worker', `handful's worker failed: ${reason}.`, { cause }));
  const unwatch = watch(worker, died, patience);
  return connection(host, () => end(disposed()));
}

/** A host in this thread. */
export async function connectHere(): Promise<Connection> {
  const { Host } = await import('./host/host.js');
  const host = new Host();
  return connection(host, () => host.dispose());
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

function connection(host: HostApi, end: () => void): Connection {
  let closed = false;
  return {
    async call(run, { signal, onProgress } = {}, transfer) {
      if (closed) throw disposed();
      throwIfAborted(signal);
      const controller = new AbortController();
      const abort = () => controller.abort();
      // What a callback throws, or rejects with, ends its call and is what the call rejects with.
      let thrown: { error: unknown } | undefined;
      const report = async (progress: Progress) => {
        if (closed || thrown) return;
        try {
          await (onProgress!(progress) as unknown); // an async one
        } catch (error) {
          thrown = { error };
          abort(); // before a host that waits goes on
        }
      };
      signal?.addEventListener('abort', abort);
      try {
        const result = await run(host, { signal: controller.signal, onProgress: onProgress && report, transfer });
        if (thrown) throw thrown.error;
        return result;
      } catch (error) {
        if (closed) throw disposed();
        if (thrown) throw thrown.error;
        // A clone error: the caller passed what cannot be sent, such as a function where a number belongs.
        const known = toHandfulError(error, isDomException(error, 'DataCloneError') ? 'bad-argument' : 'internal');
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
