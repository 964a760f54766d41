import { HandfulError, toHandfulError } from '../errors.js';
import type { HandfulErrorCode } from '../errors.js';

/** @throws {HandfulError} `bad-argument` saying what was expected and what came, always. */
export function refuse(expected: string, got: unknown, options?: { cause: unknown }): never {
  throw new HandfulError('bad-argument', `${expected}; got ${name(got)}.`, options);
}

/** What something is, for an error message. */
export function name(value: unknown): string {
  try {
    if (value === null || value === undefined) return String(value);
    if (Array.isArray(value)) return `a list of ${value.length}`;
    if (typeof value === 'object') {
      const kind = String(value.constructor?.name || 'Object').slice(0, 80);
      return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
    }
    const text = String(value).slice(0, 80);
    return typeof value === 'string' ? `'${text}'` : `the ${typeof value} ${text}`;
  } catch {
    return 'something unreadable'; // a getter that throws, a proxy that was revoked
  }
}

/** Whether it is an array, also where it is a proxy that was revoked. */
export function isList(value: unknown): value is unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** @throws {Error} for a list that is longer; it may say so and be none. */
export function checkLength({ length }: ArrayLike<unknown>, most: number): void {
  if (length > most) throw new Error(`it has ${length} items, over ${most}`);
}

/** What kind of object a value is, be it of this realm or of another one's, such as an iframe's. */
export function tag(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

export function isBlob(value: unknown): value is Blob {
  return /^(Blob|File)$/.test(tag(value));
}

/** What reading a caller's object threw, whose getters and proxies may throw anything, as an error that names it. */
export function unreadable(what: string, code: HandfulErrorCode, cause: unknown): HandfulError {
  const error = toHandfulError(cause, code);
  return error === cause ? error : new HandfulError(code, `${what} cannot be read: ${error.message}`, { cause });
}

/** @throws {HandfulError} `bad-argument` where a caller's object cannot be copied. */
export function copied<T>(what: string, value: T, copy: (value: T) => T): T {
  try {
    return copy(value);
  } catch (cause) {
    throw unreadable(what, 'bad-argument', cause);
  }
}
