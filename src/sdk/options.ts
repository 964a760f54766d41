import { HandfulError } from '../errors.js';
import type { LoadOptions } from '../types.js';
import type { OpenOptions } from '../workers/protocol.js';
import { name } from './inputs.js';

const KNOWN = ['backend', 'seed', 'assetBase', 'spec', 'labels', 'preprocess', 'worker', 'signal', 'onProgress'];

/**
 * What of the options crosses to the host, checked.
 * @throws {HandfulError} `bad-argument` naming the option, what came and what was expected.
 */
export function openOptions(options: LoadOptions): OpenOptions {
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined)
    throw new HandfulError('bad-argument', `There is no option ${unknown}; there are: ${KNOWN.join(', ')}.`);
  const { backend = 'auto', seed = 0, assetBase, spec, labels, preprocess } = options;
  if (!['auto', 'wasm', 'webgpu'].includes(backend))
    throw new HandfulError(
      'bad-argument',
      `The option backend takes 'auto', 'wasm' or 'webgpu'; got ${name(backend)}.`,
    );
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    throw new HandfulError(
      'bad-argument',
      `The option seed takes a whole number from 0 to 2^32 - 1; got ${name(seed)}.`,
    );
  if (preprocess !== undefined && (typeof preprocess !== 'object' || preprocess === null))
    throw new HandfulError('bad-argument', `The option preprocess takes { kind, mean, std }; got ${name(preprocess)}.`);
  return {
    backend,
    seed,
    ...(assetBase !== undefined && { assetBase: absolute(assetBase, 'The option assetBase') }),
    ...(spec && { spec }),
    ...(labels !== undefined && { labels: labelNames(labels) }),
    ...(preprocess && { preprocess }),
  };
}

/**
 * Labels as the strings they become.
 * @throws {HandfulError} `bad-argument`
 */
export function labelNames(labels: readonly (string | number)[]): string[] {
  if (!Array.isArray(labels)) throw new HandfulError('bad-argument', `Labels are a list; got ${name(labels)}.`);
  return Array.from(labels, (label: unknown) => {
    if (typeof label === 'string' || typeof label === 'number') return String(label);
    throw new HandfulError('bad-argument', `A label is a string or a number; got ${name(label)}.`);
  });
}

/**
 * A URL as the page means it: a worker would resolve a relative one against itself.
 * @throws {HandfulError} `bad-argument`
 */
export function absolute(url: string | URL, what: string): string {
  try {
    return new URL(url, base()).href;
  } catch (cause) {
    throw new HandfulError('bad-argument', `${what} is a URL; got ${name(url)}.`, { cause });
  }
}

declare const process:
  { cwd?(): string; getBuiltinModule?(name: string): { pathToFileURL(path: string): URL } } | undefined;

/** What relative URLs are relative to: the page, or in Node the working directory. */
function base(): string | undefined {
  if (typeof document !== 'undefined') return document.baseURI;
  if (typeof process === 'undefined' || !process.cwd || !process.getBuiltinModule) return undefined;
  return process.getBuiltinModule('node:url').pathToFileURL(`${process.cwd()}/`).href;
}
