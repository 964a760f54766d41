// What five folds bring to few samples: npm run folds -- --strokes FILE --json FILE [--confirm]
//   [--networks ID,…] [--drawings 5,16] [--recipes usual,…]
// Each person of FILE, [{ label, writer, strokes }], teaches a network with a few drawings of each digit and tests it with
// the others: `fineTune` as it is; recipes chosen by five folds; the five folds' models together. Every third person is
// for finding out what is worth a try, and with --confirm all others tell whether that was right. Resumable.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { create, lenet5, load } from 'handful';
import {
  createAugment,
  decodeModel,
  fitTemperature,
  infer,
  initialise,
  lower,
  Network,
  openWasm,
  score,
  standardise,
  subset,
  train,
} from '#internals';
import './lib/relaxed.mjs';
import { writeWhole } from './lib/files.mjs';
import { summary } from './lib/folds-summary.mjs';
import { foldsOf, meanOf, meanWeights, recipesFor } from './lib/folds.mjs';
import { asSample, byWriter, shareOut } from './lib/strokes.mjs';
import { refuse } from './lib/usage.mjs';
import { drawn } from './lib/writing.mjs';

/**
 * @import { Dataset, TrainOptions, Weights } from '#internals'
 * @import { Preprocessing, Score } from 'handful'
 * @import { Drawing } from './lib/strokes.mjs'
 *
 * @typedef {object} Row what one person's samples came to; scores are of the drawings tested but where it says otherwise
 * @property {string} network
 * @property {string} writer
 * @property {number} perDigit
 * @property {number} tested
 * @property {Score} before
 * @property {Score & { seconds: number, kept: string, said: number, calibrated: number }} today
 *   `said` is the accuracy in the report, `calibrated` the loss of the probabilities that are told
 * @property {Score} known of the samples, before learning
 * @property {Record<string, Tried>} recipes
 *
 * @typedef {object} Tried
 * @property {Score} folds of the samples, each by the model that did not learn from it
 * @property {Score} all what has learned from all samples
 * @property {Score} ensemble the mean of the folds' logits
 * @property {Score} soup the mean of the folds' weights
 * @property {number} calibrated the loss of `all` after the temperature that fits the folds
 * @property {number} seconds of one training on all samples
 */

const FOLDS = 5;
const FRESH = 'fresh-lenet5';
const plain = (/** @type {Score} */ { accuracy, loss }) => ({ accuracy, loss });
/** @param {Float32Array} logits */
const cooled = (logits, temperature = 1) => logits.map((logit) => logit / temperature);
const { values } = parseArgs({
  options: {
    strokes: { type: 'string' },
    json: { type: 'string' },
    networks: { type: 'string', default: `mnist-lenet5,mnist-mlp,${FRESH}` },
    drawings: { type: 'string', default: '5,16' },
    recipes: { type: 'string', default: 'usual,slower,faster,longer' },
    confirm: { type: 'boolean' },
  },
});
const { strokes = refuse('--strokes FILE is missing.'), json = refuse('--json FILE is missing.') } = values;
/** @type {Row[]} */
const rows = existsSync(json) ? JSON.parse(await readFile(json, 'utf8')) : [];
const isAsked = (/** @type {unknown} */ _, /** @type {number} */ i) => (i % 3 !== 0) === !!values.confirm;
const people = byWriter(JSON.parse(await readFile(strokes, 'utf8'))).filter(isAsked);
const device = await openWasm({ threads: 1 });
for (const network of values.networks.split(','))
  for (const perDigit of values.drawings.split(',').map(Number)) {
    const done = () => rows.filter((row) => row.network === network && row.perDigit === perDigit);
    for (const drawings of people) {
      if (done().some(({ writer }) => writer === drawings[0].writer)) continue;
      rows.push(await measured(network, drawings, perDigit));
      await writeWhole(json, JSON.stringify(rows));
    }
    console.log(`${network}, ${perDigit} of each digit, ${people.length} people`);
    console.log(summary(done()).join('\n'));
  }
device.release();

/** @param {string} id @param {Drawing[]} drawings @param {number} perDigit @returns {Promise<Row>} */
async function measured(id, drawings, perDigit) {
  const { lessons, rest } = shareOut(drawings, perDigit);
  const file = id === FRESH ? undefined : await readFile(join('pretrained', id, 'model.safetensors'));
  const classifier = await (file ? load(file) : create(lenet5(), { seed: 0 }));
  const before = plain(await classifier.evaluate(rest.map(asSample)));
  const { seconds, kept, after } = await classifier.fineTune(lessons.map(asSample), { seed: 0 });
  const today = {
    ...plain(await classifier.evaluate(rest.map(asSample))),
    seconds,
    kept,
    said: after.accuracy,
    calibrated: 0,
  };
  const tuned = decodeModel(new Uint8Array(await (await classifier.export()).arrayBuffer()));
  const { labels, preprocess, spec } = classifier;
  classifier.dispose();

  const architecture = lower(spec);
  const weights = file ? decodeModel(file).weights : initialise(architecture, 0);
  const samples = datasetOf(lessons, labels, preprocess);
  const tests = datasetOf(rest, labels, preprocess);
  const network = new Network(architecture, weights, device);
  network.write(tuned.weights);
  today.calibrated = score(cooled(await infer(network, tests.inputs), tuned.temperature), tests.classes).loss;
  network.write(weights);
  const known = score(await infer(network, samples.inputs), samples.classes);
  /** @type {Row['recipes']} */
  const recipes = {};
  for (const [recipe, options] of Object.entries(recipesFor(!file, lessons.length, known))) {
    if (!values.recipes.split(',').includes(recipe)) continue;
    const strengths = file ? { strength: 0.7 } : {};
    const augment = createAugment(spec.input, preprocess, strengths);
    recipes[recipe] = await tried(network, weights, samples, tests, { ...options, augment });
  }
  network.dispose();
  return { network: id, writer: drawings[0].writer, perDigit, tested: rest.length, before, today, known, recipes };
}

/** @param {Drawing[]} drawings @param {readonly string[]} labels @param {Preprocessing} preprocess @returns {Dataset} */
function datasetOf(drawings, labels, preprocess) {
  const inputs = new Float32Array(drawings.length * 784);
  for (const [i, { strokes }] of drawings.entries()) standardise(drawn(strokes), preprocess, inputs, i * 784);
  return { inputs, classes: Int32Array.from(drawings, ({ label }) => labels.indexOf(String(label))) };
}

/**
 * @param {Network} network @param {Weights} weights what each model begins with
 * @param {Dataset} samples @param {Dataset} tests @param {TrainOptions} options
 * @returns {Promise<Tried>}
 */
async function tried(network, weights, samples, tests, options) {
  const start = performance.now();
  network.write(weights);
  await train(network, samples, options);
  const seconds = (performance.now() - start) / 1000;
  const last = await infer(network, tests.inputs);
  const outside = new Float32Array(samples.classes.length * network.architecture.classes);
  const answers = [];
  const models = [];
  for (const held of foldsOf(samples.classes, FOLDS, 0)) {
    network.write(weights);
    const others = Array.from(samples.classes.keys()).filter((i) => !held.includes(i));
    models.push((await train(network, subset(samples, others), options)).weights);
    const found = await infer(network, subset(samples, held).inputs);
    const width = network.architecture.classes;
    for (const [i, example] of held.entries()) outside.set(found.subarray(i * width, (i + 1) * width), example * width);
    answers.push(await infer(network, tests.inputs));
  }
  network.write(meanWeights(models));
  return {
    folds: score(outside, samples.classes),
    all: score(last, tests.classes),
    calibrated: score(cooled(last, fitTemperature(outside, samples.classes, 1)), tests.classes).loss,
    ensemble: score(meanOf(answers), tests.classes),
    soup: score(await infer(network, tests.inputs), tests.classes),
    seconds,
  };
}
