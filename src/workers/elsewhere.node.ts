import { HandfulError } from '../errors.js';

/** Node has no workers of the web, so that its build names no worker's script. */
export function importWorker(): never {
  throw new HandfulError('worker', 'Workers of the web are not available here; pass `worker: false`.');
}
