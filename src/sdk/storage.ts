import { createStore, del, get, keys, set } from 'idb-keyval';
import { HandfulError } from '../errors.js';

// Saved classifiers: whole .safetensors files by name, in a database of the page's origin.

/**
 * Runs one access to the database.
 * @throws {HandfulError} `storage` where there is none, or it is blocked or full.
 */
async function access<T>(what: string, run: (store: ReturnType<typeof createStore>) => Promise<T>): Promise<T> {
  try {
    if (typeof indexedDB === 'undefined') throw new Error('there is no IndexedDB here');
    return await run(createStore('handful', 'models'));
  } catch (cause) {
    throw new HandfulError('storage', `${what} failed: ${(cause as Error).message}.`, { cause });
  }
}

/** @throws {HandfulError} `bad-argument` for what is no name; `storage`. */
export function write(name: string, bytes: Uint8Array): Promise<void> {
  checkName(name);
  return access(`Saving '${name}'`, (store) => set(name, bytes, store));
}

/** @throws {HandfulError} `not-found` listing the names there are; `storage`. */
export async function read(name: string): Promise<Uint8Array> {
  const bytes = await access(`Loading '${name}'`, (store) => get<Uint8Array>(name, store));
  if (bytes) return bytes;
  const others = await names();
  const there = others.length > 0 ? `saved here: ${others.map((other) => `'${other}'`).join(', ')}` : 'nothing is';
  throw new HandfulError('not-found', `No classifier is saved as '${name}'; ${there}.`);
}

/** The names of all that is saved. */
export function names(): Promise<string[]> {
  return access('Listing what is saved', (store) => keys<string>(store));
}

/** @throws {HandfulError} `bad-argument` for what is no name; `storage`. */
export function remove(name: string): Promise<void> {
  checkName(name);
  return access(`Deleting '${name}'`, (store) => del(name, store));
}

function checkName(name: unknown): void {
  if (typeof name !== 'string' || name === '')
    throw new HandfulError('bad-argument', `A classifier is saved under a name; got ${JSON.stringify(name)}.`);
}
