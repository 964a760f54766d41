// The 160-sample regime: 16 training images of each digit, from scratch, tested on all 10,000 test images. The recipes
// were chosen on other training images. npm run regime -- [--only lenet5,mlp] [--seeds 0,1,2] [--json FILE]

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { create, lenet5, miniVgg, mlp } from 'handful';
import { loadMnist } from './data/mnist.mjs';
import { stratified } from './data/subset.mjs';
import { progressBar } from './lib/text-art.mjs';
import { among, wholeNumber } from './lib/usage.mjs';

// All 160 are learned from, and the last epoch's weights are measured.
/** @type {import('handful').FineTuneOptions} */
const long = {
  ...{ epochs: 400, batchSize: 8, optimizer: 'adamw', weightDecay: 0.1, schedule: 'one-cycle' },
  ...{ augment: true, labelSmoothing: 0.1, validation: 0, keep: 'always' },
};
const deep = mlp([784, 512, 256, 128, 64, 10]);
const rows = [
  { row: 'lenet5', spec: lenet5(), options: { ...long, learningRate: 0.004 }, expected: 0.965 },
  { row: 'minivgg', spec: miniVgg(), options: { ...long, learningRate: 0.002 }, expected: 0.97 },
  { row: 'mlp', spec: deep, options: { ...long, learningRate: 0.001 }, expected: 0.935 },
  { row: 'default', spec: lenet5(), options: {}, expected: 0.95 },
];

const { values } = parseArgs({
  options: { only: { type: 'string' }, seeds: { type: 'string', default: '0,1,2,3,4' }, json: { type: 'string' } },
});
const seeds = values.seeds.split(',').map((seed) => wholeNumber('seeds', seed, 0));
const names = rows.map(({ row }) => row);
const wanted = among('row', values.only?.split(',') ?? names, names);
const chosen = rows.filter(({ row }) => wanted.includes(row));

const { train, test } = await loadMnist();
/** @param {import('./data/subset.mjs').Part} part @param {number} i */
const sample = ({ images, labels }, i) => ({ input: images.subarray(i * 784, (i + 1) * 784), label: labels[i] });
const testSamples = Array.from(test.labels.keys(), (i) => sample(test, i));
const results = [];
for (const { row, spec, options, expected } of chosen) {
  const accuracies = [];
  let seconds = 0;
  for (const seed of seeds) {
    const net = await create(spec, { seed });
    const samples = stratified(train.labels, 16, seed).map((i) => sample(train, i));
    const bar = progressBar(`${row}, seed ${seed}`);
    const report = await net.fineTune(samples, {
      ...options,
      seed,
      onProgress: ({ fraction, loss }) => bar.update(fraction, loss === undefined ? '' : `loss ${loss.toFixed(4)}`),
    });
    const { accuracy } = await net.evaluate(testSamples);
    net.dispose();
    bar.done(`${(100 * accuracy).toFixed(2)} %`);
    accuracies.push(accuracy);
    seconds += report.seconds;
  }
  const mean = accuracies.reduce((a, b) => a + b) / accuracies.length;
  results.push({ row, seeds, accuracies, mean, expected, reached: mean >= expected, seconds: seconds / seeds.length });
}
for (const { row, accuracies, mean, expected, reached, seconds } of results)
  console.log(
    `${row.padEnd(8)} mean ${(100 * mean).toFixed(2)} % of 10,000 test images (at least ${(100 * expected).toFixed(1)} % ` +
      `expected: ${reached ? 'reached' : 'MISSED'}); seeds ${accuracies.map((a) => (100 * a).toFixed(2)).join(', ')}; ` +
      `${seconds.toFixed(1)} s each`,
  );
if (values.json) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
if (results.some(({ reached }) => !reached)) process.exitCode = 1;
