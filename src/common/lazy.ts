import { HandfulError } from '../errors.js';
import type { HandfulErrorCode } from '../errors.js';

/**
 * A module of handful's that is fetched when it is used.
 * @param advice What can be done if it is gone, as after a redeploy.
 * @throws {HandfulError} `code`, saying so.
 */
export async function lazy<T>(
  module: Promise<T>,
  code: HandfulErrorCode = 'network',
  advice = 'reload the page',
): Promise<T> {
  try {
    return await module;
  } catch (cause) {
    throw new HandfulError(code, `A file of handful's is gone: after a redeploy, ${advice}.`, { cause });
  }
}
