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
 * @param died Told once, why.
 * @returns What ends the watch.
 */
export function watch(
  worker: Worker,
  died: (reason: string, cause?: unknown) => void,
  patience = PATIENCE,
): () => void {
  const over = new AbortController();
  const { signal } = over;
  let silent = 0;
  let speaks = false;
  const end = () => {
    clearInterval(clock);
    over.abort();
  };
  const lost = (reason: string, cause?: unknown) => {
    end();
    died(reason, cause);
  };
  const listener = (event: ErrorEvent) => {
    event.preventDefault();
    lost(event.message || 'its script could not be loaded', event.error);
  };
  worker.addEventListener('error', listener, { signal });
  worker.addEventListener(
    'message',
    ({ data }: MessageEvent<WorkerMessage | undefined>) => {
      silent = 0;
      if (data?.type !== 'ready') return;
      speaks = true;
      if (!data.lock) return;
      clearInterval(clock);
      navigator.locks.request(data.lock, { signal }, () => lost('it has ended')).catch(() => {}); // the watch is over
    },
    { signal },
  );
  // Ticks instead of one deadline: for a computer that slept an hour it was one of them.
  const clock = setInterval(() => {
    silent++;
    if (speaks) worker.postMessage({ type: 'ping' } satisfies PageMessage);
    if (silent < (speaks ? patience.answer : patience.script)) return;
    lost(
      speaks
        ? `it has said nothing for ${silent} s`
        : `${silent} s passed in waiting for its script, which does not arrive, or is not handful.worker.js`,
    );
  }, 1000);
  return end;
}
