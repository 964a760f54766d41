import type { LoadOptions, RegressionLoadOptions } from '../types.js';
import type { OpenOptions } from '../workers/protocol.js';
import { checked } from './check.js';
import { LOAD, LOAD_REGRESSOR } from './options.js';

/** What of the options is for the page. */
export type PageOptions = Pick<LoadOptions, 'signal' | 'onProgress' | 'worker' | 'recover'>;

/**
 * Options of `load` and `create`, checked: those for the page, and those that cross to the host.
 * @throws {HandfulError} `bad-argument` naming the option, what came and what was expected.
 */
export function openOptions(given: LoadOptions | RegressionLoadOptions | undefined): [PageOptions, OpenOptions] {
  const rules = (lossOf(given) === 'squaredError' ? LOAD_REGRESSOR : LOAD) as typeof LOAD;
  const { signal, onProgress, worker, recover, ...rest } = checked(given as LoadOptions | undefined, rules);
  return [{ signal, onProgress, worker, recover }, { backend: 'auto', seed: 0, ...rest } as OpenOptions];
}

function lossOf(given: LoadOptions | RegressionLoadOptions | undefined): unknown {
  try {
    return given?.loss;
  } catch {
    return undefined; // `checked` meets it again, and names it
  }
}
