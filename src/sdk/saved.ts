// Loaded only when used: most pages never save.

/**
 * The names of the classifiers that `save` has stored in this browser.
 * @throws {HandfulError} `storage` where there is no IndexedDB, or it is blocked.
 */
export async function saved(): Promise<string[]> {
  return (await import('./storage.js')).names();
}

/**
 * Deletes a saved classifier; one that is not there is fine.
 * @throws {HandfulError} `storage`
 */
export async function forget(name: string): Promise<void> {
  return (await import('./storage.js')).remove(name);
}
