import { HandfulError } from 'handful';

/**
 * What is stored under a key; undefined if nothing is, or nothing that can be read.
 * @param {string} key
 * @returns {unknown}
 */
export function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} key @param {unknown} value @throws {HandfulError} `storage` if it is full or blocked. */
export function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch (cause) {
    throw new HandfulError('storage', 'This browser has no room left to keep this, or does not allow it.', { cause });
  }
}

/** The same where the page is as good without it: nothing is said if it cannot be. @param {string} key @param {unknown} value */
export function writeIfPossible(key, value) {
  try {
    write(key, value);
  } catch {
    // It is gone with the page, then.
  }
}
