import type { LoadOptions, RegressorOptions } from '../types.js';
import type { OpenOptions } from '../workers/protocol.js';
import { base } from './base.js';
import { checked } from './check.js';
import { labelNames } from './labels.js';
import { LOAD, LOAD_REGRESSOR } from './options.js';
import { refuse } from './refuse.js';

/** Options of `load` and `create`, checked, and what of them crosses to the host. */
export interface OpenedWith {
  options: Omit<LoadOptions, 'loss'>;
  wire: OpenOptions;
}

/** @throws {HandfulError} `bad-argument` naming the option, what came and what was expected. */
export function openOptions(given: LoadOptions | RegressorOptions | undefined): OpenedWith {
  const options: Omit<LoadOptions, 'loss'> & Pick<OpenOptions, 'loss'> =
    given?.loss === 'squaredError' ? checked(given, LOAD_REGRESSOR) : checked(given, LOAD);
  const { backend = 'auto', seed = 0, assetBase, labels, spec, preprocess, loss } = options;
  const wire = {
    backend,
    seed,
    ...(spec && { spec }),
    ...(preprocess && { preprocess }),
    ...(loss && { loss }),
    ...(assetBase !== undefined && { assetBase: absolute(assetBase, 'The option assetBase') }),
    ...(labels && { labels: labelNames(labels) }),
  };
  return { options, wire };
}

/**
 * A URL as the page means it: a worker would resolve a relative one against itself.
 * @throws {HandfulError} `bad-argument`
 */
export function absolute(url: string | URL, what: string): string {
  try {
    return new URL(url, base()).href;
  } catch (cause) {
    return refuse(`${what} is a URL`, url, cause);
  }
}
