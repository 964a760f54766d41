// The main job, in the terminal: reads real handwritten digits with a pretrained network, then teaches an untrained one
// with 160 examples, 16 of each digit. Only the public API is used. Run with: npm run quickstart

import { create, lenet5, load } from 'handful';
import { loadMnist } from './data/mnist.mjs';
import { stratified } from './data/subset.mjs';
import { beside, progressBar, textArt } from './lib/text-art.mjs';

const SHOWN = 10;
/**
 * @import { Progress } from 'handful'
 * @import { Part } from './data/subset.mjs'
 */

const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(2)} %`;

const mnist = await loadMnist();
/** @param {Part} part @param {number} i */
const image = (part, i) => part.images.subarray(i * 784, (i + 1) * 784);
/** @param {Part} part @param {number} i */
const sample = (part, i) => ({ input: image(part, i), label: part.labels[i] });
const testSamples = Array.from(mnist.test.labels.keys(), (i) => sample(mnist.test, i));

/**
 * A progress bar around any long call.
 *
 * @template T
 * @param {string} title
 * @param {(onProgress: (progress: Progress) => void) => Promise<T>} run
 */
async function withBar(title, run) {
  const bar = progressBar(title);
  const result = await run(({ fraction, epoch, accuracy }) =>
    bar.update(fraction, accuracy === undefined ? '' : `epoch ${epoch}, ${percent(accuracy)} of what it learns from`),
  );
  bar.done();
  return result;
}

console.log('\n1. A pretrained LeNet-5 reads handwritten digits it has never seen\n');
const digits = await load('mnist-lenet5');
console.log(`   Running on ${digits.backend.name.toUpperCase()}: ${digits.backend.reason}\n`);
const first = testSamples.slice(0, SHOWN);
const answers = await digits.predictBatch(first.map(({ input }) => input));
console.log(
  beside(
    answers.map(({ label, confidence }, i) => ({
      art: textArt(first[i].input, { width: 20 }),
      caption: `${label} (${(100 * confidence).toFixed(0)} %)${label === String(first[i].label) ? '' : ' wrong'}`,
    })),
  ),
);
const pretrained = await withBar('   all 10,000 test images', (onProgress) =>
  digits.evaluate(testSamples, { onProgress }),
);
console.log(`   Pretrained: ${percent(pretrained.accuracy)} of ${pretrained.samples} test images are read right.\n`);
digits.dispose();

console.log('2. An untrained LeNet-5 learns from 160 examples, 16 of each digit\n');
const learner = await create(lenet5(), { seed: 0 });
const lessons = stratified(mnist.train.labels, 16, 0).map((i) => sample(mnist.train, i));
const before = await withBar('   before', (onProgress) => learner.evaluate(testSamples, { onProgress }));
const report = await withBar('   learning', (onProgress) => learner.fineTune(lessons, { onProgress }));
const after = await withBar('   after', (onProgress) => learner.evaluate(testSamples, { onProgress }));
learner.dispose();
console.log(`   ${report.history.length} epochs in ${report.seconds.toFixed(1)} s. ${report.note}`);
console.log(
  `\n   Accuracy on 10,000 test images: before ${percent(before.accuracy)}, after ${percent(after.accuracy)}.`,
);
console.log('\nNext: npm start, and draw some of your own.\n');
