import { base } from './base.js';
import { HandfulError } from '../errors.js';
import type { LoadOptions } from '../types.js';
import type { OpenOptions } from '../workers/protocol.js';
import { labelName, refuse } from './inputs.js';

const KNOWN = ['backend', 'seed', 'assetBase', 'spec', 'labels', 'preprocess', 'worker', 'signal', 'onProgress'];

/**
 * What of the options crosses to the host, checked.
 * @throws {HandfulError} `bad-argument` naming the option, what came and what was expected.
 */
export function openOptions(options: LoadOptions): OpenOptions {
  for (const key in options)
    if (!KNOWN.includes(key))
      throw new HandfulError('bad-argument', `There is no option ${key}; there are: ${KNOWN.join(', ')}.`);
  const { backend = 'auto', seed = 0, assetBase, spec, labels, preprocess } = options;
  if (!['auto', 'wasm', 'webgpu'].includes(backend))
    refuse("The option backend takes 'auto', 'wasm' or 'webgpu'", backend);
  if (seed !== seed >>> 0) refuse('The option seed takes a whole number from 0 to 2^32 - 1', seed);
  return {
    backend,
    seed,
    ...(assetBase !== undefined && { assetBase: absolute(assetBase, 'The option assetBase') }),
    ...(spec && { spec }),
    ...(labels !== undefined && { labels: labelNames(labels) }),
    ...(preprocess !== undefined && { preprocess }),
  };
}

/**
 * Labels as the strings they become.
 * @throws {HandfulError} `bad-argument`
 */
export function labelNames(labels: readonly (string | number)[]): string[] {
  if (!Array.isArray(labels)) refuse('Labels are a list', labels);
  return Array.from(labels, (label) => labelName(label));
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
