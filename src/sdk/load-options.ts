import type { LoadOptions, RegressionLoadOptions } from '../types.js';
import type { OpenOptions } from '../workers/protocol.js';
import { base } from './base.js';
import { checked } from './check.js';
import { labelNames } from './labels.js';
import { LOAD, LOAD_REGRESSOR } from './options.js';
import { plain } from './plain.js';
import { refuse, unreadable } from './refuse.js';

/** Options of `load` and `create`, checked, and what of them crosses to the host. */
export interface OpenedWith {
  options: Omit<LoadOptions, 'loss'>;
  wire: OpenOptions;
}

/** @throws {HandfulError} `bad-argument` naming the option, what came and what was expected. */
export function openOptions(given: LoadOptions | RegressionLoadOptions | undefined): OpenedWith {
  const options: Omit<LoadOptions, 'loss'> & Pick<OpenOptions, 'loss'> =
    lossOf(given) === 'squaredError'
      ? checked(given as RegressionLoadOptions, LOAD_REGRESSOR)
      : checked(given as LoadOptions, LOAD);
  const { backend = 'auto', seed = 0, assetBase, labels, spec, preprocess, loss } = options;
  const wire = {
    backend,
    seed,
    ...(spec && { spec: data(spec, 'The option spec') }),
    ...(preprocess && { preprocess: data(preprocess, 'The option preprocess') }),
    ...(loss && { loss }),
    ...(assetBase !== undefined && { assetBase: absolute(assetBase, 'The option assetBase') }),
    ...(labels && { labels: labelNames(labels) }),
  };
  return { options, wire };
}

function lossOf(given: LoadOptions | RegressionLoadOptions | undefined): unknown {
  try {
    return given?.loss;
  } catch {
    return undefined; // `checked` meets it again, and names it
  }
}

/**
 * A caller's plain data, copied.
 * @throws {HandfulError} `bad-argument`
 */
export function data<T>(value: T, what: string): T {
  try {
    return plain(value);
  } catch (cause) {
    throw unreadable(what, 'bad-argument', cause);
  }
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
