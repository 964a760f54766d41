import { say, Trouble } from './say.js';

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

/** @param {string} key @param {unknown} value @throws {Trouble} if it is full or blocked. */
export function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch (cause) {
    throw new Trouble(say.trouble.noRoom, { cause });
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
