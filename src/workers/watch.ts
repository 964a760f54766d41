import type { PageMessage, WorkerMessage } from './messages.js';

/** How many seconds a worker may be silent. */
export interface Patience {
  /** Until its script has run. Generous, since nothing says whether that is still on its way. */
  script: number;
  /** Until it answers a ping, where there are no Web Locks. One step of training may take seconds on a phone. */
  answer: number;
}

const PATIENCE: Patience = { script: 60, answer: 10 };

/**
 * Watches over a worker. Nothing tells a page that one has ended, or was ended for the memory it took; but a lock that
 * it held is then free.
 * @param died Told why; perhaps more than once.
 * @returns What ends the watch.
 */
export function watch(
  worker: Worker,
  died: (reason: string, cause?: unknown) => void,
  patience = PATIENCE,
): () => void {
  const over = new AbortController();
  let silent = 0;
  let speaks = false;
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    died(event.message || 'its script could not be loaded; `worker: false` goes without', event.error);
  });
  worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage | undefined>) => {
    silent = 0;
    if (data?.type !== 'ready') return;
    speaks = true;
    if (!data.lock) return;
    clearInterval(clock);
    navigator.locks.request(data.lock, { signal: over.signal }, () => died('it has ended')).catch(() => {}); // the watch is over
  });
  // Ticks instead of one deadline: for a computer that slept an hour it was one of them.
  const clock = setInterval(() => {
    if (speaks) worker.postMessage({ type: 'ping' } satisfies PageMessage);
    if (++silent >= (speaks ? patience.answer : patience.script))
      died(`${silent} s passed without ${speaks ? 'an answer' : 'handful.worker.js having run'}`);
  }, 1000);
  return () => {
    clearInterval(clock);
    over.abort();
  };
}
