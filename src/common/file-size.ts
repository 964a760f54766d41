import { HandfulError } from '../errors.js';

/** Bytes of a whole model file: 100,000,000 parameters, the most that a network has, are 400 MB as float32. */
export const MAX_FILE = 2 ** 29;

/**
 * Refuses a file before anything of it is copied.
 * @throws {HandfulError} `bad-model`
 */
export function checkFileSize(bytes: number, what = 'The model file'): void {
  if (bytes > MAX_FILE)
    throw new HandfulError('bad-model', `${what} has ${bytes} bytes; expected at most ${MAX_FILE}.`);
}
