// What a visitor downloads of dist/, compressed, and how much that may be.

import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Most gzipped bytes of an entry and all that it imports statically. */
export const budgets = {
  'index.js': 6_500, // the page's
  'elements.js': 6_000, // the SDK comes where a `model` is named, what reads when something is drawn
  'handful.worker.js': 96_000, // on WASM; the WebGPU engine comes only where there is a GPU to try
};

/** What a worker downloads before it answers: its script has all that it does from a chunk. */
export const workerFiles = ['handful.worker.js', 'serve-host.chunk.js'];

/** Most gzipped bytes of the WebGPU engine, apart from what it shares with the host. */
export const webgpuBudget = 20_000;

/** @param {string} text */
export const gzippedSize = (text) => gzipSync(text).length;

/**
 * A module and all that it imports statically: what is downloaded before its first line runs.
 *
 * @param {string} file
 * @param {(file: string) => string} read
 * @param {Set<string>} [seen]
 */
export function closure(file, read, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, path] of read(file).matchAll(/(?:from|import)\s*["'](\.\/[^"']+)["']/g))
    closure(posix.join(posix.dirname(file), path), read, seen);
  return seen;
}

/**
 * The sizes of a build, gzipped.
 *
 * @param {string} folder such as dist
 * @returns {{ files: Record<string, number>, entries: Record<keyof typeof budgets, number> }} every script for pages by
 *   its name, and the closures of those that have a budget
 */
export function sizesOf(folder) {
  const read = (/** @type {string} */ file) => readFileSync(`${folder}/${file}`, 'utf8');
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const files = Object.fromEntries(scripts.sort().map((name) => [name, gzippedSize(read(name))]));
  const entry = (/** @type {string[]} */ ...names) =>
    [...new Set(names.flatMap((name) => [...closure(name, read)]))].reduce((sum, file) => sum + files[file], 0);
  return {
    files,
    entries: {
      'index.js': entry('index.js'),
      'elements.js': entry('elements.js'),
      'handful.worker.js': entry(...workerFiles),
    },
  };
}
