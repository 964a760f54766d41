import { HandfulError } from '../errors.js';

// Saved classifiers: whole .safetensors files by name, in a database of the page's origin. Imports nothing that the
// package does not export, or the page's file would become two.

const STORE = 'models';

/** For the database's answer: whoever holds it for longer may never let go. */
const PATIENCE = 8_000; // ms

/**
 * The names of all that is saved.
 * @throws {HandfulError} `storage`
 */
export async function names(): Promise<string[]> {
  const keys = await access('Listing what is saved', 'readonly', (store) => store.getAllKeys());
  return keys.filter((key) => typeof key === 'string');
}

/** @throws {HandfulError} `bad-argument` for what is no name; `storage`. */
export async function remove(name: string): Promise<void> {
  checkName(name);
  await access(`Deleting '${name}'`, 'readwrite', (store) => store.delete(name));
}

/** @throws {HandfulError} `bad-argument` for what is no name; `storage`. */
export async function write(name: string, bytes: Uint8Array): Promise<void> {
  checkName(name);
  asked ??= askToPersist();
  await access(`Saving '${name}'`, 'readwrite', (store) => store.put(bytes, name), bytes.length);
}

/** @throws {HandfulError} `not-found` listing the names there are; `storage`, also for a record that is damaged. */
export async function read(name: string): Promise<Uint8Array> {
  const bytes: unknown = await access(`Loading '${name}'`, 'readonly', (store) => store.get(name));
  if (bytes instanceof Uint8Array && isWhole(bytes)) return bytes;
  if (bytes !== undefined)
    throw new HandfulError('storage', `What is saved as '${name}' is damaged; \`forget\` deletes it.`);
  const others = await names();
  const there = others.length > 0 ? `saved here: ${others.map((other) => `'${other}'`).join(', ')}` : 'nothing is';
  throw new HandfulError('not-found', `No classifier is saved as '${name}'; ${there}.`);
}

/** Whether a .safetensors file has a header, and as many bytes after it as the header says. */
function isWhole(bytes: Uint8Array): boolean {
  try {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, Entry>;
    const ends = Object.values(header).map((entry) => 8 + length + (entry.data_offsets?.[1] ?? 0));
    return ends.reduce((most, end) => Math.max(most, end), 8 + length) === bytes.length;
  } catch {
    return false;
  }
}

interface Entry {
  data_offsets?: [begin: number, end: number];
}

/**
 * Runs one request in a connection of its own, which is closed after it, and gives way at once to whoever changes or
 * deletes the database.
 * @param size Bytes to be written, if any.
 * @throws {HandfulError} `storage` where there is no database, it is blocked or full, or it does not answer.
 */
async function access<T>(
  what: string,
  mode: IDBTransactionMode,
  run: (store: IDBObjectStore) => IDBRequest<T>,
  size?: number,
): Promise<T> {
  let database: IDBDatabase | undefined;
  let clock: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      if (!globalThis.indexedDB) throw new Error('there is no IndexedDB here');
      const opening = indexedDB.open('handful');
      let transaction: IDBTransaction | undefined;
      clock = setTimeout(() => {
        clock = undefined;
        reject(new Error('the database does not answer; close other tabs of this site, and try again'));
        transaction?.abort(); // or it would go through after all
      }, PATIENCE);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
      const fail = (error: unknown) => reject(error); // or null
      opening.onerror = () => fail(opening.error);
      opening.onsuccess = () => {
        const opened = (database = opening.result);
        opened.onversionchange = () => opened.close();
        if (!clock) return opened.close(); // too late
        try {
          const started = (transaction = opened.transaction(STORE, mode));
          const request = run(started.objectStore(STORE));
          started.oncomplete = () => resolve(request.result);
          started.onabort = () => fail(started.error ?? request.error);
        } catch (error) {
          fail(error);
        }
      };
    });
  } catch (cause) {
    throw new HandfulError('storage', `${what} failed: ${await reason(cause, size)}.`, { cause });
  } finally {
    clearTimeout(clock);
    database?.close();
  }
}

/** Why a request failed; browsers throw errors without a message, and none at all. */
async function reason(cause: unknown, size = 0): Promise<string> {
  const { name, message } = Object(cause) as Partial<Error>;
  if (name !== 'QuotaExceededError') return message?.replace(/\.$/, '') || name || 'the browser does not say why';
  try {
    const { quota, usage } = (await navigator.storage.estimate()) as Required<StorageEstimate>;
    return `there is no room for ${megabytes(size)}, only ${megabytes(Math.max(0, quota - usage))} are left`;
  } catch {
    return `there is no room for ${megabytes(size)}`;
  }
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

let asked: Promise<void> | undefined;

/** Asks, once, that the browser does not clear what is saved when it needs room; nobody waits for the answer. */
async function askToPersist(): Promise<void> {
  try {
    await navigator.storage.persist();
  } catch {
    // It goes without.
  }
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && name !== '') return;
  const got = name === '' ? '""' : `something of type ${typeof name}`;
  throw new HandfulError('bad-argument', `A classifier is saved under a name; got ${got}.`);
}
