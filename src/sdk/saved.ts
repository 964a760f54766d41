// Loaded only when used: most pages never save.

/**
 * The names of the classifiers that `save` has stored in this browser.
 * @throws {HandfulError} `storage` where there is no IndexedDB, or it is blocked.
 * @example
 * const [name] = await saved();
 * const mine = await load(`indexeddb:${name}`);
 */
export async function saved(): Promise<string[]> {
  return (await import('./storage.js')).names();
}

/**
 * Deletes a saved classifier; one that is not there is fine.
 * @throws {HandfulError} `bad-argument` for what is no name; `storage`.
 * @example
 * await forget('my-hand');
 */
export async function forget(name: string): Promise<void> {
  return (await import('./storage.js')).remove(name);
}
