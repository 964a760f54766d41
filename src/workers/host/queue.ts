import { aborted, disposed, throwIfAborted } from '../../errors.js';
import type { Progress } from '../../types.js';
import type { Call, ProgressCallback } from '../protocol.js';

/** What a running call is given. */
export interface Running {
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
  /**
   * Sends the last progress and waits until it is handled, before a call does what cannot be undone.
   * @throws What the callback threw; `aborted`.
   */
  finish: (progress: Omit<Progress, 'fraction'>) => Promise<void>;
}

// Often enough to look continuous, seldom enough not to keep the page busy.
const PROGRESS_INTERVAL = 50; // ms

/** Runs calls one after another, in the order they came, each of them abortable by its signal. */
export class CallQueue {
  private last: Promise<unknown> = Promise.resolve();
  private readonly controllers = new Set<AbortController>();
  private closed = false;

  run<T>({ signal: asked, onProgress }: Call, work: (running: Running) => Promise<T>): Promise<T> {
    if (this.closed) return Promise.reject(disposed());
    const controller = new AbortController();
    const { signal } = controller;
    const abort = () => controller.abort();
    asked?.addEventListener('abort', abort);
    this.controllers.add(controller);
    let started = false;
    const result = this.last.then(async () => {
      started = true;
      try {
        this.refuseIfClosed();
        throwIfAborted(signal);
        return await work({ signal, ...reporters(signal, onProgress) });
      } catch (error) {
        this.refuseIfClosed();
        throw error;
      } finally {
        asked?.removeEventListener('abort', abort);
        this.controllers.delete(controller);
      }
    });
    this.last = result.catch(() => {});
    // Nobody waits for the calls ahead to learn that a call which has not begun was aborted.
    const abortion = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => started || reject(this.closed ? disposed() : aborted(signal))),
    );
    if (asked?.aborted) abort();
    return Promise.race([result, abortion]);
  }

  /** Aborts what runs and waits; what is asked for later is refused. Resolves once nothing runs. */
  async close(): Promise<void> {
    this.closed = true;
    for (const controller of this.controllers) controller.abort();
    await this.last;
  }

  get idle(): boolean {
    return this.controllers.size === 0;
  }

  private refuseIfClosed(): void {
    if (this.closed) throw disposed();
  }
}

/** Pass the first and the last message and those in between at most every interval; fractions never fall. */
function reporters(signal: AbortSignal, onProgress: ProgressCallback | undefined): Omit<Running, 'signal'> {
  let last = -Infinity;
  let furthest = 0;
  const send = async (progress: Progress): Promise<void> => {
    last = performance.now();
    furthest = Math.max(furthest, progress.fraction);
    await onProgress?.({ ...progress, fraction: furthest });
  };
  return {
    onProgress(progress) {
      if (performance.now() - last >= PROGRESS_INTERVAL) send(progress).catch(() => {}); // `finish` meets it again
    },
    async finish(progress) {
      const abortion = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await Promise.race([send({ ...progress, fraction: 1 }), abortion]); // a callback may never end
      throwIfAborted(signal);
    },
  };
}
