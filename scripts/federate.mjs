// Federated averaging (McMahan et al. 2017) in one process: ten people, each with a hand of their own, teach LeNet-5s
// that are averaged after every round. Nobody's drawings leave their classifier. Only the public API is used.
// Run with: npm run federate [-- --rounds 5] [--people 10] [--samples 100]

import { parseArgs } from 'node:util';
import { create, lenet5 } from 'handful';
import { random } from '#internals';
import { writtenDigit } from './lib/synthetic-handwriting.mjs';

/**
 * @import { Classifier, Sample } from 'handful'
 *
 * @typedef {object} Person
 * @property {Classifier} classifier
 * @property {Sample[]} lessons what they teach it
 * @property {Sample[]} tests what they draw later
 */

const { values: given } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    people: { type: 'string', default: '10' },
    samples: { type: 'string', default: '100' },
  },
});
const [rounds, count, samples] = [given.rounds, given.people, given.samples].map(Number);
const TESTS = 100;
const EPOCHS = 20;

/** How a person writes: their digits lean, stretch and waver like this. @param {number} seed */
function handOf(seed) {
  const next = random(1000 + seed);
  const draw = (/** @type {number} */ most) => (2 * next() - 1) * most;
  const [slant, wide, turn, wave, often] = [draw(0.7), Math.exp(draw(0.5)), draw(0.35), draw(0.07), 4 + 4 * next()];
  // Nobody writes all digits alike often, either.
  const frequent = Array.from({ length: 10 }, () => 0.15 + next() ** 2);
  /** @param {number[]} point */
  const place = ([x, y]) => {
    const [u, v] = [(x + slant * (0.5 - y)) * wide + wave * Math.sin(often * y), y + wave * Math.cos(often * x)];
    return [u * Math.cos(turn) - v * Math.sin(turn), u * Math.sin(turn) + v * Math.cos(turn)];
  };
  /** @param {boolean} evenly @returns {Sample} */
  return (evenly) => {
    for (;;) {
      const { digit, strokes } = writtenDigit(next);
      if (!evenly && next() > frequent[digit]) continue;
      return { input: { strokes: strokes.map((stroke) => stroke.map(place)) }, label: digit };
    }
  };
}

/** @param {number} seed @returns {Promise<Person>} */
async function person(seed) {
  const write = handOf(seed);
  const classifier = await create(lenet5(), { seed: 0 }); // the same seed: all start alike
  return {
    classifier,
    lessons: Array.from({ length: samples }, () => write(false)),
    tests: Array.from({ length: TESTS }, () => write(true)),
  };
}

/**
 * The average of all weights, each person's by the number of their samples.
 * @param {Record<string, Float32Array>[]} all
 * @param {number[]} counts
 */
function average(all, counts) {
  const total = counts.reduce((sum, own) => sum + own, 0);
  return Object.fromEntries(
    Object.entries(all[0]).map(([name, first]) => [
      name,
      first.map((_, i) => all.reduce((sum, weights, k) => sum + (counts[k] / total) * weights[name][i], 0)),
    ]),
  );
}

/** @param {Classifier} classifier @param {Sample[]} tests */
const accuracy = async (classifier, tests) => (await classifier.evaluate(tests)).accuracy;
const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What a person's classifier learns in a round; whether that is better is for the average to show. */
const lesson = /** @type {const} */ ({ epochs: EPOCHS, optimizer: 'adam', learningRate: 0.003, schedule: 'constant' });
const options = /** @type {const} */ ({ ...lesson, batchSize: 16, validation: 0, keep: 'always', augment: true });

const start = performance.now();
const people = await Promise.all(Array.from({ length: count }, (_, seed) => person(seed)));
const everyone = people.flatMap(({ tests }) => tests);

// What each has without the others: as many epochs, on their own samples alone.
/** @type {{ own: number, others: number }[]} */
const alone = [];
for (const { classifier, lessons, tests } of people) {
  await classifier.fineTune(lessons, { ...options, epochs: EPOCHS * rounds });
  alone.push({ own: await accuracy(classifier, tests), others: await accuracy(classifier, everyone) });
  await classifier.reset();
}

const [{ classifier: shared }] = people; // to measure the average with, between two rounds
console.log('| round | average, on everyone | people before averaging, on their own | on everyone |');
console.log('| ----- | -------------------- | ------------------------------------- | ----------- |');
for (let round = 1; round <= rounds; round++) {
  const taught = [];
  /** @type {{ own: number, others: number }[]} */
  const scores = [];
  for (const { classifier, lessons, tests } of people) {
    await classifier.fineTune(lessons, { ...options, seed: round });
    taught.push(await classifier.weights());
    scores.push({ own: await accuracy(classifier, tests), others: await accuracy(classifier, everyone) });
  }
  const averaged = average(
    taught,
    people.map(({ lessons }) => lessons.length),
  );
  await Promise.all(people.map(({ classifier }) => classifier.setWeights(averaged)));
  const [own, others] = [mean(scores.map(({ own }) => own)), mean(scores.map(({ others }) => others))];
  console.log(`| ${round} | ${percent(await accuracy(shared, everyone))} | ${percent(own)} | ${percent(others)} |`);
}

console.log('\n| person | alone, on their own | alone, on everyone | average, on their own |');
console.log('| ------ | ------------------- | ------------------ | --------------------- |');
/** @type {number[]} */
const averaged = [];
for (const [i, { tests }] of people.entries()) {
  averaged.push(await accuracy(shared, tests));
  const { own, others } = alone[i];
  console.log(`| ${i + 1} | ${percent(own)} | ${percent(others)} | ${percent(averaged[i])} |`);
}
const [own, others] = [mean(alone.map(({ own }) => own)), mean(alone.map(({ others }) => others))];
console.log(`| mean | ${percent(own)} | ${percent(others)} | ${percent(mean(averaged))} |`);
for (const { classifier } of people) classifier.dispose();
console.log(`\n${Math.round((performance.now() - start) / 1000)} s`);
