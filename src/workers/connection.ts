import { aborted, disposed, HandfulError, throwIfAborted, toHandfulError } from '../errors.js';
import type { LongCallOptions, Progress } from '../types.js';
import { nameOf } from './client.js';
import type { Link } from './client.js';
import type { Call, HostApi } from './protocol.js';

/** The page's end of a host, also of one that takes the place of another that has died. */
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
  /** What a host that takes another's place starts from; without it, from what was opened. */
  keep(learned: Uint8Array | undefined): void;
  /** Ends the host and frees all it holds; pending calls reject with `disposed`. */
  close(): void;
}

/** Opens the network in another host, as it was. */
export type Reopen = (host: HostApi, learned: Uint8Array | undefined) => Promise<unknown>;

// In which the host may still answer an aborted call.
const GRACE = 200; // ms

/** @param reopen Without it, calls after the host's death reject as the one under way did. */
export async function connect(start: () => Promise<Link>, reopen?: Reopen | false): Promise<Connection> {
  let link = await start();
  let learned: Uint8Array | undefined;
  let closed = false;
  let deaths = 0; // since a call succeeded
  let last = 0;

  const alive = async (): Promise<HostApi> => {
    if (!reopen || !link.dead()) return link.host;
    const now = Date.now();
    if (now > last + 60_000) deaths = 0;
    if (deaths > 2) throw new HandfulError('worker', "handful's worker ended again and again; try later.");
    deaths++;
    last = now;
    const next = await start();
    if (closed) next.end();
    link = next;
    await reopen(next.host, learned).catch((error: unknown) => {
      next.end();
      throw error;
    });
    return next.host;
  };
  // One after another, so that calls stay in order.
  let ready = Promise.resolve(link.host);
  const host = () => (ready = ready.then(alive, alive));

  return {
    async call(run, { signal, onProgress } = {}, transfer) {
      if (closed) throw disposed();
      throwIfAborted(signal);
      const controller = new AbortController();
      // What a callback throws, or rejects with, ends its call and is what the call rejects with.
      let thrown: { error: unknown } | undefined;
      let finished = false;
      // Wanted or not: a host that is about to do what cannot be undone waits for it, and hears of an abort before.
      const report = async (progress: Progress) => {
        if (closed || thrown) return;
        try {
          await (onProgress?.(progress) as unknown); // an async one
          finished = progress.fraction === 1;
        } catch (error) {
          thrown = { error };
          controller.abort(); // before a host that waits goes on
        }
      };
      let abort!: () => void;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const impatience = new Promise<never>((_, reject) => {
        abort = () => {
          controller.abort();
          if (!finished) timer = setTimeout(() => reject(aborted(signal)), GRACE);
        };
      });
      signal?.addEventListener('abort', abort);
      try {
        const running = host().then((host) => {
          throwIfAborted(controller.signal); // while another host took the place of one that died
          return run(host, { signal: controller.signal, onProgress: report, transfer });
        });
        const result = await Promise.race([running, impatience]);
        if (thrown) throw thrown.error;
        deaths = 0;
        return result;
      } catch (error) {
        if (closed) throw disposed();
        if (thrown) throw thrown.error;
        // A clone error: the caller passed what cannot be sent, such as a function where a number belongs.
        const known = toHandfulError(error, nameOf(error) === 'DataCloneError' ? 'bad-argument' : 'internal');
        throw known.code === 'aborted' ? aborted(signal) : known;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      }
    },
    keep(file) {
      learned = file;
    },
    close() {
      closed = true;
      link.end();
    },
  };
}
