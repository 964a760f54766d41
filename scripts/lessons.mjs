// Lessons that people get wrong, and what the report says of them: npm run lessons [-- --only copies,new,…]
// Pen digits are those of the people who choose (`scripts/data/pen-digits`), MNIST's are training images; what is
// measured are others of them.

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { create, lenet5, load } from 'handful';
import './lib/relaxed.mjs';
import { loadMnist } from './data/mnist.mjs';
import { loadPenDigits } from './data/pen-digits.mjs';
import { stratified } from './data/subset.mjs';
import { writtenLetter } from './lib/letters.mjs';
import { asSample, byWriter, shareOut } from './lib/strokes.mjs';
import { among } from './lib/usage.mjs';
import { random } from '#internals';

/** @import { Classifier, Sample } from 'handful' */

const { train } = await loadMnist();
const people = byWriter((await loadPenDigits()).choosing);
const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
const pretrained = async () => load(await readFile('pretrained/mnist-lenet5/model.safetensors'));
/** @param {number} i @returns {Sample} */
const image = (i) => ({ input: train.images.subarray(i * 784, (i + 1) * 784), label: train.labels[i] });
/** Balanced MNIST images, none of which is learned from. */
const others = stratified(train.labels.subarray(0, 30000), 100, 99).map(image);
/** So many images of each digit, of the half that is learned from. @param {(digit: number) => number} count @param {number} seed */
function images(count, seed) {
  const from = 30000;
  const chosen = stratified(train.labels.subarray(from), 300, seed).map((i) => image(i + from));
  const seen = new Map();
  return chosen.filter(({ label }) => {
    const before = seen.get(label) ?? 0;
    seen.set(label, before + 1);
    return before < count(Number(label));
  });
}
/** @param {string} name @param {number} count @param {number} seed @returns {Sample[]} */
const drawnLetters = (name, count, seed) => {
  const next = random(seed);
  return Array.from({ length: count }, () => ({ input: { strokes: writtenLetter(name, next) }, label: name }));
};

/**
 * @param {Classifier} network @param {Sample[]} samples @param {Sample[]} test
 */
async function taught(network, samples, test) {
  const report = await network.fineTune(samples);
  const { accuracy, perClass } = await network.evaluate(test);
  console.log(`  ${report.note}`);
  const kinds = new Map();
  for (const { kind, samples: at } of report.warnings) kinds.set(kind, (kinds.get(kind) ?? 0) + at.length);
  console.log(`  warnings, samples of each kind: ${[...kinds].map((each) => each.join(' ')).join(', ') || 'none'}`);
  if (report.warnings[0]) console.log(`  such as: ${report.warnings[0].message}`);
  console.log(
    `  said ${percent(report.after.accuracy)}; on others ${percent(accuracy)} (${report.seconds.toFixed(1)} s)`,
  );
  network.dispose();
  return { report, accuracy, perClass };
}

/** @type {Record<string, [what: string, () => Promise<unknown>]>} */
const cases = {
  copies: [
    '20 drawings ten times over, from scratch',
    async () => {
      const { lessons, rest } = shareOut(people[0], 2);
      const ten = Array.from({ length: 10 }, () => lessons.map(asSample)).flat();
      await taught(await create(lenet5()), ten, rest.map(asSample));
    },
  ],
  new: [
    '300 of a new letter, 2 of each digit, mnist-lenet5; tested on 100 of each',
    async () => {
      const samples = [...images(() => 2, 1), ...drawnLetters('A', 300, 1)];
      const { perClass } = await taught(await pretrained(), samples, [...others, ...drawnLetters('A', 100, 2)]);
      console.log(`  ${perClass.map(({ label, accuracy }) => `${label} ${percent(accuracy)}`).join(', ')}`);
    },
  ],
  seven: [
    '7 digits of 150 and 3 of 5, from scratch',
    async () => {
      const { perClass } = await taught(
        await create(lenet5()),
        images((digit) => (digit < 7 ? 150 : 5), 1),
        others,
      );
      console.log(
        `  of 7, 8, 9: ${perClass
          .slice(7)
          .map(({ accuracy }) => percent(accuracy))
          .join(', ')}`,
      );
    },
  ],
  rare: [
    '5 of the digit 8 and 200 of each other, from scratch',
    async () => {
      const { perClass } = await taught(
        await create(lenet5()),
        images((digit) => (digit === 8 ? 5 : 200), 1),
        others,
      );
      console.log(`  of 8: ${percent(perClass[8].accuracy)}`);
    },
  ],
  mistyped: [
    '8 mistyped labels of 160',
    async () => {
      const { lessons, rest } = shareOut(people[1], 16);
      const names = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
      /** @type {Record<number, string>} */
      const typos = {
        3: 'Three',
        20: ' four',
        41: 'fvie',
        60: 'sevn',
        77: 'eigth',
        98: 'ninee',
        121: 'TWO',
        150: 'zer0',
      };
      const named = (/** @type {typeof lessons} */ list) =>
        list.map((each) => ({ ...asSample(each), label: names[Number(each.label)] }));
      const samples = named(lessons).map((each, i) => ({ ...each, label: typos[i] ?? each.label }));
      const { report } = await taught(
        await create(lenet5({ classes: 2 }), { labels: ['x', 'y'] }),
        samples,
        named(rest),
      );
      for (const { kind, message } of report.warnings) console.log(`  ${kind}: ${message}`);
    },
  ],
  mislabelled: [
    'one label in twenty wrong, 16 of each digit of 15 people, mnist-lenet5',
    async () => {
      let [wrong, found, right] = [0, 0, 0];
      for (const [i, person] of people.entries()) {
        const next = random(i + 1);
        const samples = shareOut(person, 16).lessons.map(asSample);
        const isWrong = samples.map(() => next() < 0.05);
        const labelled = samples.map((each, at) =>
          isWrong[at] ? { ...each, label: (Number(each.label) + 1 + Math.floor(next() * 9)) % 10 } : each,
        );
        const network = await pretrained();
        const { warnings } = await network.fineTune(labelled, { epochs: 1 });
        network.dispose();
        const doubted = warnings.filter(({ kind }) => kind === 'unlike-label').flatMap(({ samples: at }) => at);
        wrong += isWrong.filter(Boolean).length;
        found += doubted.length;
        right += doubted.filter((at) => isWrong[at]).length;
      }
      console.log(
        `  ${wrong} wrong; ${found} found, of them ${percent(right / found)} rightly; ${percent(right / wrong)} of the wrong ones`,
      );
    },
  ],
  labels: [
    '1,200 samples of 1,200 labels, their head alone for an epoch',
    async () => {
      const samples = stratified(train.labels, 120, 5).map((i, at) => ({ ...image(i), label: `word ${at}` }));
      const network = await pretrained();
      const { note, warnings, seconds } = await network.fineTune(samples, { epochs: 1 });
      console.log(`  ${note}\n  ${warnings.length} warnings, ${seconds.toFixed(1)} s`);
      network.dispose();
    },
  ],
};

const { values } = parseArgs({ options: { only: { type: 'string' } } });
for (const name of among('case', values.only?.split(',') ?? Object.keys(cases), Object.keys(cases))) {
  const [what, run] = cases[name];
  console.log(what);
  await run();
}
