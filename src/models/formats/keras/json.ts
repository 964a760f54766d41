import { badModel, quote } from '../../../common/messages.js';

/** An object of a file's JSON, of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws {HandfulError} `bad-model` naming what it is. */
export function asJson(value: unknown, what: string): Json {
  return isJson(value) ? value : badModel(`${what} is ${quote(value)}; expected an object.`);
}

/** @throws {HandfulError} `bad-model` naming what it is. */
export function asList(value: unknown, what: string): readonly unknown[] {
  return Array.isArray(value) ? value : badModel(`${what} is ${quote(value)}; expected a list.`);
}

/** @throws {HandfulError} `bad-model` naming what it is. */
export function asText(value: unknown, what: string): string {
  return typeof value === 'string' ? value : badModel(`${what} is ${quote(value)}; expected a string.`);
}

/** Larger than any network's description; parsed JSON takes many times its size. */
const MOST_BYTES = 1 << 25;

/** Deeper than models in models are; what walks through JSON by recursion could run out of stack. */
const DEEPEST = 200;

/**
 * JSON in UTF-8, of a size and a depth that are safe to walk through.
 * @throws {HandfulError} `bad-model` naming what it is.
 */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  if (bytes.length > MOST_BYTES) badModel(`${what} has ${bytes.length} bytes; expected at most ${MOST_BYTES}.`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice()));
  } catch (error) {
    badModel(`${what} is no JSON in UTF-8: ${quote((error as Error).message, 120)}.`, error);
  }
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) badModel(`${what} is nested more than ${DEEPEST} levels deep.`);
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return value;
}
