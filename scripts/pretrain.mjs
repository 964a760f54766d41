// Makes pretrained/ID again from data: npm run pretrain -- ID [--epochs N] [--threads N] [--from FILE] [--out FOLDER]
// --from begins with a file's weights: those that the recipe names, if it does.
// What does not ship with handful goes to the data folder instead.
// An interrupted run goes on after its last whole epoch, from a checkpoint in the data folder.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  countParameters,
  createAugment,
  decodeModel,
  encodeModel,
  evaluation,
  infer,
  initialise,
  Network,
  openWasm,
  lower,
  train,
  withClasses,
} from '#internals';
import { recipes } from '../pretrained/training/recipes.mjs';
import { dataFolder } from './data/fetch.mjs';
import './lib/relaxed.mjs';
import { knowledgeOf, measured } from './lib/ood-detector.mjs';
import { writeWhole } from './lib/files.mjs';
import { drawingAnew } from './lib/drawn-anew.mjs';
import { noteSha256 } from './lib/pretrained-source.mjs';
import { progressBar } from './lib/text-art.mjs';
import './lib/threads.mjs';
import { withSmallHead } from './lib/symbols-training.mjs';
import { HELD_BACK, trainingData } from './lib/training-data.mjs';
import { among, refuse, whole } from './lib/usage.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    epochs: { type: 'string' },
    threads: { type: 'string', default: '1' },
    from: { type: 'string' },
    out: { type: 'string' },
  },
});
const usage = 'Usage: npm run pretrain -- ID [--epochs N] [--threads N] [--from FILE] [--out FOLDER]';
const [id = refuse(`${usage}, ID one of: ${Object.keys(recipes).join(', ')}`)] = positionals;
among('recipe', [id], Object.keys(recipes));
const epochs = whole('epochs', values.epochs);
const threads = whole('threads', values.threads);
/**
 * @import { EpochRecord } from 'handful'
 * @import { Model } from '#internals'
 * @import { Stage } from '../pretrained/training/recipes.mjs'
 */

const { title, spec, seed, from, hands, stages, ships = true } = recipes[id];
if (epochs) stages[stages.length - 1].epochs = epochs;

const begun = values.from && (await readFile(values.from));
if (from && (!begun || sha256(begun) !== from))
  refuse(`This recipe goes on from weights of SHA-256 ${from}: say their file with --from. Git's history has it.`);
const data = await trainingData(recipes[id]);
const { preprocess, symbols } = data;
const wide = symbols ? withClasses(spec, symbols.classes) : spec; // the head of a network for symbols goes in the end
const architecture = lower(wide);
/** @type {Model} */
const model = {
  spec: wide,
  labels: symbols ? Array.from({ length: symbols.classes }, (_, at) => `${at}`) : data.labels,
  preprocess,
  weights: begun ? decodeModel(begun).weights : initialise(architecture, seed),
};
const checkpoint = join(dataFolder(), 'checkpoints', `${id}-${stages.map(({ epochs }) => epochs).join('+')}`);
/** Of all stages, one after the other. @type {EpochRecord[]} */
let history = [];
if (existsSync(`${checkpoint}.json`)) {
  history = JSON.parse(await readFile(`${checkpoint}.json`, 'utf8'));
  model.weights = decodeModel(await readFile(`${checkpoint}.safetensors`)).weights;
  console.log(`Going on after ${history.length} epochs.`);
}

const device = await openWasm({ threads });
await device.ready();
let network = new Network(architecture, model.weights, device);
const bar = progressBar(id);
let first = 0;
for (const [number, stage] of stages.entries()) {
  await learn(stage, seed + number, history.slice(first, first + stage.epochs));
  first += stage.epochs;
}
bar.done();
/** @type {Awaited<ReturnType<typeof withSmallHead>> | undefined} */
let small;
if (symbols) {
  small = await withSmallHead(network, spec, data.train, await symbols.spread(network), seed);
  network = small.network;
  Object.assign(model, { spec, labels: data.labels, isEmbedding: true });
}

// What is shipped is measured: float16 weights, read back from the file.
const half = decodeModel(encodeModel({ ...model, weights: await network.read() }, { dtype: 'F16' }));
network.write(half.weights);
const knowledge = await knowledgeOf(network, preprocess, { ...data, seed });
if (small) knowledge.classStatistics = small.classStatistics;
const bytes = encodeModel({ ...half, ...knowledge }, { dtype: 'F16' });
const knows = await measured(network, decodeModel(bytes), data.test, data.images);
const { accuracy, loss, samples } = evaluation(await infer(network, data.test.inputs), data.test.classes, model.labels);
network.dispose();
device.release();

const folder = values.out ?? join(ships ? '.' : dataFolder(), 'pretrained', id);
await writeWhole(join(folder, 'model.safetensors'), bytes);
const card = {
  id,
  title,
  parameters: countParameters(spec),
  dataset: `${data.title} training images of which 5,000 were held back`,
  recipe: {
    ...(hands && { hands }),
    ...(symbols && { symbols: { ...recipes[id].symbols, classes: symbols.classes } }),
    initialisation: from ? `the weights of SHA-256 ${from}` : 'uniform ±1/sqrt(fan-in)',
    stages,
  },
  seed,
  validation: {
    ...(symbols ? { of: 'twenty symbols of others, from one drawing each' } : { samples: HELD_BACK }),
    accuracy: history.at(-1)?.validationAccuracy ?? null,
  },
  test: { samples, accuracy, loss: Number(loss.toFixed(5)) },
  knows,
  trainingSeconds: Math.round(history.reduce((sum, { seconds }) => sum + seconds, 0)),
  weights: { file: 'model.safetensors', dtype: 'F16', bytes: bytes.length, sha256: sha256(bytes) },
  licence: `Apache-2.0 (weights); ${data.licence}${symbols ? '; pen digits: CC BY 4.0; Omniglot: MIT' : ''}`,
};
await writeWhole(join(folder, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
if (ships && !values.out) await noteSha256(id, card.weights.sha256);
await rm(`${checkpoint}.json`, { force: true });
await rm(`${checkpoint}.safetensors`, { force: true });
console.log(`${id}: ${(100 * accuracy).toFixed(2)} % of ${samples} test images; written to ${folder}/.`);

/**
 * One stage: a schedule from its beginning to its end, with an optimizer of its own.
 *
 * @param {Stage} stage @param {number} seed @param {EpochRecord[]} completed
 */
async function learn(stage, seed, completed) {
  const { augment } = stage;
  await train(network, symbols?.train ?? data.train, {
    ...stage,
    augment: symbols
      ? symbols.augment
      : augment
        ? drawingAnew(
            data.examples,
            createAugment(spec.input, preprocess, augment === true ? {} : augment),
            spec.input,
            preprocess,
          )
        : undefined,
    seed,
    patience: 0,
    completed,
    onProgress: ({ fraction, epoch = 0, loss = NaN, accuracy = NaN }) =>
      bar.update(fraction, `epoch ${epoch + 1}, loss ${loss.toFixed(4)}, accuracy ${(100 * accuracy).toFixed(2)} %`),
    async onEpoch(record, weights) {
      const accuracy = symbols ? await symbols.choose(network) : await heldBack();
      history = [...history, { ...record, validationAccuracy: accuracy }];
      await writeWhole(`${checkpoint}.safetensors`, encodeModel({ ...model, weights }));
      await writeWhole(`${checkpoint}.json`, JSON.stringify(history));
      console.log(
        `\nepoch ${record.epoch}: loss ${record.loss.toFixed(4)}, accuracy ${(100 * record.accuracy).toFixed(2)} %, ` +
          `held back ${(100 * accuracy).toFixed(2)} %, ${record.seconds.toFixed(0)} s`,
      );
    },
  });
}

async function heldBack() {
  return evaluation(await infer(network, data.held.inputs), data.held.classes, model.labels).accuracy;
}

/** @param {Uint8Array} bytes */
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
