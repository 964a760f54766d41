import { HandfulError } from '../errors.js';

/** @throws {HandfulError} `bad-argument` saying what was expected and what came, always. */
export function refuse(expected: string, got: unknown, cause?: unknown): never {
  throw new HandfulError('bad-argument', `${expected}; got ${name(got)}.`, cause === undefined ? undefined : { cause });
}

/** What something is, for an error message. */
export function name(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') {
    const kind = value.constructor?.name ?? 'Object';
    return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
  }
  const text = String(value).slice(0, 80);
  return typeof value === 'string' ? `'${text}'` : `the ${typeof value} ${text}`;
}
