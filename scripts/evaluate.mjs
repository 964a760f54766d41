// How good a model is: npm run evaluate -- ID [--unfamiliar] [--strokes FILE] [--numbers] [--symbols] [--paper] [--limit N]
// [--json FILE]
// ID is a pretrained id or the path of a .safetensors file. Always on the dataset's test images; with --unfamiliar also
// what it refuses of them and of what is no digit, kind by kind; with --strokes also on people's pen strokes,
// [{ label, writer, strokes }] or `kept`, those of six people kept with the project, as the model is and after it has learned
// from each person; of other labels, `script/character`, --unfamiliar tells what is refused. With --numbers instead on
// whole numbers, put together from the strokes of FILE's people, or of those six; with --paper instead on photographs of
// paper that are made of the test images and of their strokes; --limit pictures of each under each condition. With --symbols
// instead on what it learns of symbols that it has never seen, those of FILE too, whose labels are script/character; --limit
// random choices of them, else twenty.

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { load } from 'handful';
import { loadCifar10 } from './data/cifar10.mjs';
import { loadMnist } from './data/mnist.mjs';
import { loadPenDigits } from './data/pen-digits.mjs';
import { readOnPaper } from './lib/paper/measure.mjs';
import { measureSymbols, inWords as symbolsInWords } from './lib/own-symbols.mjs';
import { inWords, measureReading } from './lib/reading.mjs';
import { refusals } from './lib/strangers.mjs';
import { byWriter, personalise, readDrawings, zeroShot } from './lib/strokes.mjs';
import { progressBar } from './lib/text-art.mjs';
import { refuse, whole } from './lib/usage.mjs';

const PER_DIGIT = [1, 5, 16];
/** Of symbols to learn, for each figure. */
const CHOICES = 20;
/** Photographs of paper made of images, and as many of strokes, under each condition. */
const PICTURES = 250;
/** One in so many test images tells what a model forgets while it learns from a person. */
const ONE_IN = 5;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    unfamiliar: { type: 'boolean' },
    strokes: { type: 'string' },
    numbers: { type: 'boolean' },
    symbols: { type: 'boolean' },
    paper: { type: 'boolean' },
    limit: { type: 'string' },
    json: { type: 'string' },
  },
});
const [
  id = refuse(
    'Usage: npm run evaluate -- ID [--unfamiliar] [--strokes FILE] [--numbers] [--symbols] [--paper] [--limit N] [--json FILE]',
  ),
] = positionals;
const limit = whole('limit', values.limit);
const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(2)} %`;
const model = await load(id).catch((error) => refuse(error.message));
const isInk = model.preprocess.kind === 'ink';
if (!isInk && (values.unfamiliar || values.strokes || values.numbers || values.symbols || values.paper))
  refuse(`${id} reads no ink, so only its test images can be asked of it.`);
const all = values.strokes ? await readDrawings(values.strokes).catch((error) => refuse(error.message)) : [];
const drawings = all.filter(({ label }) => model.labels.includes(String(label)));

const { test } = model.spec.input.length === 3 && model.spec.input[2] === 3 ? await loadCifar10() : await loadMnist();
const size = test.images.length / test.labels.length;
const samples = Array.from(test.labels, (label, i) => ({
  input: test.images.subarray(i * size, (i + 1) * size),
  label: model.labels[label],
}));
const bar = progressBar(id);
const { accuracy, loss, perClass, confusion } = await model.evaluate(samples, {
  onProgress: ({ fraction }) => bar.update(fraction),
});
bar.done();
console.log(`${id}: accuracy ${percent(accuracy)}, loss ${loss.toFixed(4)}, on ${samples.length} test images`);
console.log(perClass.map(({ label, accuracy }) => `  ${label}: ${percent(accuracy)}`).join('\n'));

/** @import { Row as SymbolsRow } from './lib/own-symbols.mjs' */
/**
 * What --json writes.
 * @type {{ id: string } & import('handful').Score &
 *   Pick<import('handful').Evaluation, 'samples' | 'perClass' | 'confusion'> &
 *   { refused?: import('./lib/strangers.mjs').Refusals, strokes?: Personalised,
 *     symbols?: SymbolsRow[], numbers?: import('./lib/reading.mjs').ReadingFigures, paper?: import('./lib/paper/measure.mjs').Row[] }}
 *
 * @typedef {object} Personalised
 * @property {number} people
 * @property {number} zeroShot
 * @property {Record<number, number>} after
 * @property {number} worse
 * @property {number} secondsPerFineTune
 * @property {Record<number, Awaited<ReturnType<typeof personalise>>>} rows
 */
const result = { id, samples: samples.length, accuracy, loss, perClass, confusion };

if (values.unfamiliar) {
  console.log('refused:');
  result.refused = await refusals(model, test, all, (kind, refused, of) =>
    console.log(`  ${percent(refused).padStart(9)} of ${String(of).padStart(5)}  ${kind}`),
  );
}

if (values.numbers) {
  const people = byWriter(drawings.length > 0 ? drawings : (await loadPenDigits()).measuring).slice(0, limit);
  const bar = progressBar('whole numbers');
  const figures = await measureReading(model, people, (fraction) => bar.update(fraction));
  bar.done();
  result.numbers = figures;
  console.log(inWords(figures));
}

if (values.paper) {
  const percents = (/** @type {number[]} */ shares) => shares.map((share) => percent(share).padStart(9)).join(' ');
  console.log('on paper: right of images, of strokes; sure and wrong, blank, unfamiliar');
  result.paper = await readOnPaper(model, test, (await loadPenDigits()).measuring, limit ?? PICTURES, (row) => {
    const { title, images, strokes = NaN, sureAndWrong, blank, unfamiliar } = row;
    console.log(`  ${percents([images, strokes, sureAndWrong, blank, unfamiliar])}  ${title}`);
  });
} else if (values.symbols) {
  const tell = (/** @type {SymbolsRow} */ row) => console.log(symbolsInWords(row));
  result.symbols = await measureSymbols(model, all, limit ?? CHOICES, tell);
} else if (drawings.length > 0 && !values.numbers) {
  const people = byWriter(drawings).slice(0, limit);
  const before = await zeroShot(model, people.flat());
  console.log(`strokes of ${people.length} people: ${percent(before)} of ${people.flat().length} as it is`);
  /** @type {Personalised} */
  const strokes = { people: people.length, zeroShot: before, after: {}, worse: 0, secondsPerFineTune: 0, rows: {} };
  result.strokes = strokes;
  const old = samples.filter((_, i) => i % ONE_IN === 0);
  for (const perDigit of PER_DIGIT) {
    const bar = progressBar(`${perDigit} of each digit a person`);
    const row = await personalise(model, people, perDigit, old, (fraction) => bar.update(fraction));
    bar.done();
    strokes.secondsPerFineTune = row.seconds;
    strokes.worse = Math.max(strokes.worse, row.worse);
    strokes.after[perDigit] = row.after;
    strokes.rows[perDigit] = row;
    console.log(
      `  after ${perDigit} of each digit: ${percent(row.after)} of the ${row.tested} drawings left ` +
        `(${percent(row.before)} before); ${row.worse} people worse; ${row.seconds.toFixed(2)} s a fine-tune; ` +
        `${percent(row.oldAfter)} of ${old.length} test images (${percent(row.oldBefore)} before)`,
    );
  }
}
if (values.json) await writeFile(values.json, `${JSON.stringify(result, null, 2)}\n`);
model.dispose();
