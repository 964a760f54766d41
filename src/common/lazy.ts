import { HandfulError } from '../errors.js';

/**
 * A module of handful's that is fetched when it is used.
 * @throws {HandfulError} `network` saying what to do, as after a redeploy that took the file away.
 */
export async function lazy<T>(module: Promise<T>): Promise<T> {
  try {
    return await module;
  } catch (cause) {
    throw new HandfulError('network', "A file of handful's is gone: after a redeploy, reload the page.", { cause });
  }
}
