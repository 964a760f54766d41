import { createStore, promisifyRequest } from 'idb-keyval';
import { inTime } from '../../common/in-time.js';
import type { Timing } from './trial.js';

/** What is known of a trial on this device: what it found, or how often it has failed. */
export interface Remembered {
  timings?: readonly Timing[];
  failures?: number;
}

// For the database's answer: a tab may hold it up for ever, and to time again takes less.
const PATIENCE = 1000; // ms

// To be raised when kernels become so much faster that what was measured before no longer tells.
const GENERATION = 3;

/** The key of a trial, of everything that affects its outcome, so that entries never go stale. */
export function keyOf(...parts: (string | number | undefined)[]): string {
  return [GENERATION, ...parts, globalThis.navigator?.userAgent].join('|');
}

export async function remember(key: string, outcome: Remembered): Promise<void> {
  try {
    await inTime(
      access('readwrite', (store) => store.put(outcome, key)),
      PATIENCE,
    );
  } catch {
    // A private window may refuse: then every visit has its trial.
  }
}

/** An empty record where nothing is known. */
export async function recall(key: string): Promise<Remembered> {
  try {
    const found: Remembered | undefined = await inTime(
      access('readonly', (store) => store.get(key)),
      PATIENCE,
    );
    return found ?? {};
  } catch {
    return {}; // no IndexedDB here, or it is blocked, such as by a tab that deletes it and waits for another one
  }
}

// Its own database: workers have IndexedDB but no localStorage. Each access closes it, lest an app that deletes its data
// waits for us.
async function access<T>(mode: IDBTransactionMode, run: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return createStore('handful-backends', 'timings')(mode, async ({ transaction }) => {
    const request = run(transaction.objectStore('timings'));
    transaction.db.onversionchange = () => transaction.db.close();
    await promisifyRequest(transaction).finally(() => transaction.db.close());
    return request.result;
  });
}
