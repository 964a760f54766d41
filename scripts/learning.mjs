// How much data which network needs: npm run learning [-- --hands FILE,FILE]
// Networks that were never trained learn from so many MNIST images of each digit, with the defaults of `fineTune`, and
// are tested on the whole test set; pretrained ones learn letters, in place of the digits and beside them. --hands draws
// what `npm run evaluate -- ID --strokes … --json FILE` measured.
// Resumable; writes docs/learning.json and the pictures of docs/learning.md.

import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { create, lenet5, load, miniVgg, mlp } from 'handful';
import './lib/relaxed.mjs';
import { loadMnist } from './data/mnist.mjs';
import { stratified } from './data/subset.mjs';
import { random } from '#internals';
import { writtenDigit } from './lib/synthetic-handwriting.mjs';
import { letters, writtenLetter } from './lib/letters.mjs';
import { drawn } from './lib/writing.mjs';
import { progressBar } from './lib/text-art.mjs';
import { kindsOfNoDigit, unfamiliar } from './lib/counterexamples/unfamiliar.mjs';
import { chart } from './reproduce/charts.mjs';
import { grid } from './reproduce/pictures.mjs';

const NETWORKS = { MLP: mlp([784, 512, 256, 128, 64, 10]), 'LeNet-5': lenet5(), MiniVGG: miniVgg() };
const PER_CLASS = [1, 2, 5, 16, 50];
const SEEDS = [0, 1, 2];
const READERS = ['mnist-mlp', 'mnist-lenet5', 'mnist-minivgg'];
/** @type {Record<string, string>} */
const TITLES = { 'mnist-mlp': 'MLP', 'mnist-lenet5': 'LeNet-5', 'mnist-minivgg': 'MiniVGG', 'mnist-resnet': 'ResNet' };
const DRAWINGS = [1, 5, 16];
const RESULTS = 'docs/learning.json';
const PICTURES = 'docs/learning';

const { values } = parseArgs({ options: { hands: { type: 'string' } } });
/**
 * @import { Sample } from 'handful'
 * @import { Part } from './data/subset.mjs'
 * @import { Line, Panel, Point } from './reproduce/charts.mjs'
 *
 * @typedef {object} Results what docs/learning.json holds
 * @property {{ network: string, perClass: number, accuracy: number }[]} fresh
 * @property {{ id: string, people: number, zeroShot: number, after: Record<string, number> }[]} hands
 * @property {{ id: string, perLetter: number, replaced: number, beside: number, digitsLost: number }[]} letters
 */

/** @type {Results} */
const results = existsSync(RESULTS) ? JSON.parse(await readFile(RESULTS, 'utf8')) : { fresh: [], hands: [] };
results.letters ??= [];
const { train, test } = await loadMnist();
/** @param {Part} part @param {number} i */
const sample = ({ images, labels }, i) => ({ input: images.subarray(i * 784, (i + 1) * 784), label: labels[i] });
const testSamples = Array.from(test.labels.keys(), (i) => sample(test, i));

for (const [network, spec] of Object.entries(NETWORKS))
  for (const perClass of PER_CLASS) {
    if (results.fresh.some((row) => row.network === network && row.perClass === perClass)) continue;
    const bar = progressBar(`${network}, ${perClass} of each`);
    let accuracy = 0;
    for (const [done, seed] of SEEDS.entries()) {
      const net = await create(spec, { seed });
      const samples = stratified(train.labels, perClass, seed).map((i) => sample(train, i));
      const onProgress = (/** @type {{ fraction: number }} */ { fraction }) =>
        bar.update((done + fraction) / SEEDS.length);
      await net.fineTune(samples, { seed, onProgress });
      accuracy += (await net.evaluate(testSamples)).accuracy / SEEDS.length;
      net.dispose();
    }
    bar.done(`${(100 * accuracy).toFixed(2)} %`);
    results.fresh.push({ network, perClass, accuracy });
    await write();
  }

for (const id of READERS)
  for (const perLetter of DRAWINGS) {
    if (results.letters.some((row) => row.id === id && row.perLetter === perLetter)) continue;
    results.letters.push({ id, perLetter, ...(await taughtLetters(id, perLetter)) });
    await write();
  }

for (const file of values.hands?.split(',') ?? []) {
  const { id, strokes } = JSON.parse(await readFile(file, 'utf8'));
  const { zeroShot, after, people } = strokes;
  results.hands = [...results.hands.filter((row) => row.id !== id), { id, people, zeroShot, after }];
}
await write();
await pictures();
console.log(`${RESULTS} and ${PICTURES}/ are written.`);

/**
 * Ten letters in place of the digits; and each of them alone beside the digits, without any more digits.
 *
 * @param {string} id @param {number} perLetter
 */
async function taughtLetters(id, perLetter) {
  const network = await load(await readFile(join('pretrained', id, 'model.safetensors')));
  const digits = testSamples.slice(0, 2000);
  const read = async (/** @type {Sample[]} */ samples) => (await network.evaluate(samples)).accuracy;
  const asItIs = await read(digits);
  const result = { replaced: 0, beside: 0, digitsLost: 0 };
  for (const seed of SEEDS) {
    await network.fineTune(drawnLetters(letters, perLetter, seed + 1), { seed });
    result.replaced += (await read(drawnLetters(letters, 50, 99))) / SEEDS.length;
    await network.reset();
  }
  for (const letter of letters) {
    await network.fineTune(drawnLetters([letter], perLetter, 1));
    result.beside += (await read(drawnLetters([letter], 100, 99))) / letters.length;
    result.digitsLost += (asItIs - (await read(digits))) / letters.length;
    await network.reset();
  }
  network.dispose();
  console.log(`${id}, letters drawn ${perLetter} times: ${JSON.stringify(result)}`);
  return result;
}

/** @param {string[]} names @param {number} count @param {number} seed @returns {Sample[]} */
function drawnLetters(names, count, seed) {
  const next = random(seed);
  const draw = (/** @type {string} */ label) => ({ input: { strokes: writtenLetter(label, next) }, label });
  return names.flatMap((label) => Array.from({ length: count }, () => draw(label)));
}

async function write() {
  await mkdir(PICTURES, { recursive: true });
  await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  const fresh = Object.keys(NETWORKS).map((name) => {
    const rows = results.fresh.filter(({ network }) => network === name);
    return line(name, rows, (row) => [PER_CLASS.indexOf(row.perClass), 100 * row.accuracy]);
  });
  const hands = results.hands.map(({ id, zeroShot, after }) =>
    line(TITLES[id] ?? id, [zeroShot, ...Object.values(after)], (accuracy, i) => [i, 100 * accuracy]),
  );
  const taught = READERS.map((id) => {
    const rows = results.letters.filter((row) => row.id === id);
    return line(TITLES[id], rows, (row, i) => [i, 100 * row.replaced]);
  });
  const panels = [
    panel('% right, from nothing', fresh, [40, 100], PER_CLASS.map(String)),
    panel('% right, new hands', hands, [96, 100], ['0', '1', '5', '16']),
    panel('% right, letters', taught, [70, 100], DRAWINGS.map(String)),
  ].filter(({ lines }) => lines.length > 0);
  await writeFile(`${PICTURES}/curves.svg`, chart(panels));
}

/**
 * @template Row
 * @param {string} name
 * @param {Row[]} rows
 * @param {(row: Row, index: number) => Point} point
 * @returns {Line}
 */
function line(name, rows, point) {
  return { name, points: rows.map(point) };
}

/**
 * @param {string} title
 * @param {Line[]} lines @param {[number, number]} range @param {string[]} places @returns {Panel}
 */
function panel(title, lines, range, places) {
  return { title, lines: lines.filter(({ points }) => points.length > 0), range, places };
}

/** What the pretrained networks learned beside MNIST, and what their detectors learned to refuse. */
async function pictures() {
  const next = random(7);
  const written = Array.from({ length: 100 }, () => writtenDigit(next)).sort((a, b) => a.digit - b.digit);
  const chosen = Array.from({ length: 10 }, (_, digit) => written.filter((each) => each.digit === digit).slice(0, 4));
  const inks = chosen.flat().map(({ strokes }) => drawn(strokes));
  await writeFile(`${PICTURES}/hands.png`, grid(inks, [28, 28, 1], { columns: 20 }));
  const kinds = await kindsOfNoDigit(next, train);
  const strange = Array.from({ length: 40 }, () => unfamiliar(kinds, next));
  await writeFile(`${PICTURES}/unfamiliar.png`, grid(strange, [28, 28, 1], { columns: 20 }));
  const fourOf = (/** @type {string} */ letter) => Array.from({ length: 4 }, () => drawn(writtenLetter(letter, next)));
  await writeFile(`${PICTURES}/letters.png`, grid(letters.flatMap(fourOf), [28, 28, 1], { columns: 20 }));
}
