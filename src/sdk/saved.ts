import { lazy } from '../common/lazy.js';
import type * as Storage from './storage.js';

/**
 * What keeps networks in IndexedDB, in a file of its own. `load` and `create` fetch it ahead, so that a network that
 * learned for hours can be saved even after a redeploy took the file away.
 * @throws {HandfulError} `storage` if it cannot be fetched.
 */
export function storage(): Promise<typeof Storage> {
  return lazy(import('./storage.js'), 'storage', '`export`, then reload');
}

/**
 * The names of the classifiers that `save` has stored in this browser.
 * @throws {HandfulError} `storage` where there is no IndexedDB, or it is blocked.
 * @example
 * const [name] = await saved();
 * const mine = await load(`indexeddb:${name}`);
 */
export async function saved(): Promise<string[]> {
  return (await storage()).names();
}

/**
 * Deletes a saved classifier; one that is not there is fine.
 * @throws {HandfulError} `bad-argument` for what is no name; `storage`.
 * @example
 * await forget('my-hand');
 */
export async function forget(name: string): Promise<void> {
  return (await storage()).remove(name);
}
