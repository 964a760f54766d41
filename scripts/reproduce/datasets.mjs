// What the experiments learn from and are tested on, standardised.

import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { defaultPreprocess } from '#internals';
import { loadCifar10 } from '../data/cifar10.mjs';
import { loadMnist } from '../data/mnist.mjs';
import { pick, split } from '../data/subset.mjs';
import { toInputs } from '../lib/inputs.mjs';
import { frame, standardised, statisticsOf } from './values.mjs';

/**
 * @import { Dataset } from '#internals'
 * @import { Part } from '../data/subset.mjs'
 *
 * @typedef {'mnist' | 'mnist32' | 'cifar10' | 'digits8x8'} DatasetName
 *
 * @typedef {object} Data
 * @property {Dataset} train
 * @property {Dataset} test
 * @property {string[]} labels
 * @property {import('handful').Preprocessing} preprocess
 * @property {number[]} shape [H, W, C], of a picture
 */

/** @type {Map<string, Data>} */
const kept = new Map();

/**
 * A data set by its name; `seed` splits those that come as one.
 *
 * @param {DatasetName} name @param {number} seed
 * @returns {Promise<Data>}
 */
export async function dataset(name, seed) {
  if (name === 'digits8x8') return digits8x8(seed);
  const data = kept.get(name) ?? (await pictures(name));
  kept.set(name, data);
  return data;
}

/** @param {DatasetName} name @returns {Promise<Data>} */
async function pictures(name) {
  const { train, test, labels } = await (name === 'cifar10' ? loadCifar10() : loadMnist());
  const shape = name === 'cifar10' ? [32, 32, 3] : [28, 28, 1];
  const preprocess = defaultPreprocess(shape);
  const set = (/** @type {Part} */ part) => {
    const inputs = toInputs(part.images, preprocess);
    const framed = name === 'mnist32' ? frame(inputs, 28, 2, -preprocess.mean[0] / preprocess.std[0]) : inputs;
    return { inputs: framed, classes: Int32Array.from(part.labels) };
  };
  return { train: set(train), test: set(test), labels, preprocess, shape: name === 'mnist32' ? [32, 32, 1] : shape };
}

/**
 * UCI's optical digits; a fifth of each class is for testing. Pixels have a mean and a deviation of their own.
 *
 * @param {number} seed @returns {Promise<Data>}
 */
async function digits8x8(seed) {
  const file = new URL('../data/optdigits/optdigits.csv.gz', import.meta.url);
  const lines = gunzipSync(await readFile(file))
    .toString()
    .trim()
    .split('\n');
  const rows = lines.map((line) => line.split(',').map(Number));
  const all = {
    images: Uint8Array.from(rows.flatMap((row) => row.slice(0, 64))),
    labels: Uint8Array.from(rows, (row) => row[64]),
  };
  const { train, validation: test } = split(all.labels, 0.2, seed);
  const [learned, tested] = [pick(all, train), pick(all, test)];
  const statistics = statisticsOf(learned.images, 64);
  const set = (/** @type {Part} */ { images, labels }) => ({
    inputs: standardised(images, statistics),
    classes: Int32Array.from(labels),
  });
  const labels = Array.from({ length: 10 }, (_, i) => String(i));
  return {
    ...{ train: set(learned), test: set(tested), labels, shape: [8, 8, 1] },
    preprocess: { kind: 'none', ...statistics },
  };
}
