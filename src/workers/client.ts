import { lazy } from '../common/lazy.js';
import { disposed, HandfulError, toHandfulError } from '../errors.js';
import type { HostApi } from './protocol.js';
import { remoteHost } from './remote-host.js';
import { watch } from './watch.js';
import type { Patience } from './watch.js';

/** A host, wherever that runs. */
export interface Link {
  host: HostApi;
  /** Whether nothing answers there any more. */
  dead(): boolean;
  /** Ends the host and frees all it holds; pending calls reject with `disposed`. */
  end(): void;
}

/** A host in a worker; calls reject with `worker` once that is dead. */
export function linkWorker(worker: Worker, patience?: Patience): Link {
  const { host, dead, fail } = remoteHost(worker);
  const end = (error: HandfulError) => {
    unwatch();
    worker.terminate();
    fail(error);
  };
  const died = (reason: string, cause?: unknown) =>
    end(new HandfulError('worker', `handful's worker failed: ${reason}.`, { cause }));
  const unwatch = watch(worker, died, patience);
  return { host, dead, end: () => end(disposed()) };
}

/** A host in this thread. */
export async function linkHere(): Promise<Link> {
  const { Host } = await lazy(import('./host/host.js'));
  const host = new Host();
  return { host, dead: () => false, end: () => host.dispose() };
}

/** Starts handful's own worker. */
export async function startWorker(): Promise<Worker> {
  try {
    return new Worker(new URL('./handful.worker.js', import.meta.url), { type: 'module' });
  } catch (error) {
    if (nameOf(error) !== 'SecurityError') throw toHandfulError(error, 'worker');
    return (await lazy(import('./elsewhere.js'))).importWorker();
  }
}

/** What kind of error the browser has thrown. */
export function nameOf(error: unknown): unknown {
  return (error as Error | undefined)?.name;
}
