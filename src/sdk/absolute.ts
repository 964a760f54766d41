import { base } from './base.js';
import { refuse } from '../common/refuse.js';

/**
 * A URL as the page means it: a worker would resolve a relative one against itself.
 * @throws {HandfulError} `bad-argument`
 */
export function absolute(url: string | URL, what: string): string {
  try {
    return new URL(url, base()).href;
  } catch (cause) {
    return refuse(`${what} is a URL`, url, { cause });
  }
}
