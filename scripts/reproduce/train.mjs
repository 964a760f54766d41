// One experiment on pictures, from initial weights to its figures; goes on after its last whole epoch if interrupted.

import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
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
} from '#internals';
import { dataFolder } from '../data/fetch.mjs';
import { stratified } from '../data/subset.mjs';
import { writeWhole } from '../lib/files.mjs';
import { dataset } from './datasets.mjs';

/**
 * @import { Dataset, Model, Weights } from '#internals'
 * @import { Experiment } from './experiments.mjs'
 *
 * @typedef {object} Record figures of an epoch; those of the test set are not there of every one
 * @property {number} epoch
 * @property {number} loss
 * @property {number} accuracy
 * @property {number} seconds
 * @property {number} [testLoss]
 * @property {number} [testAccuracy]
 *
 * @typedef {object} Run
 * @property {number} accuracy on the test set, in percent, after the last epoch
 * @property {number} [reloaded] the same when the weights were saved and read back
 * @property {Record[]} history
 * @property {number[]} misclassified test examples, the first 60
 * @property {Weights} weights
 * @property {number} interruptions after each of which the optimizer's state began at zero
 */

/**
 * @param {Experiment} experiment @param {number} seed
 * @param {(line: string) => void} say
 * @returns {Promise<Run>}
 */
export async function runOnce(experiment, seed, say) {
  const { id, spec, epochs, perClass, augment, reload } = experiment;
  const data = await dataset(experiment.data, seed);
  const trainSet = perClass ? some(data.train, stratified(data.train.classes, perClass, seed)) : data.train;
  const architecture = lower(spec);
  // Files are for going on, so how inputs were prepared does not matter there.
  /** @type {import('handful').Preprocessing} */
  const preprocess = { kind: 'none', mean: [0], std: [1] };
  /** @type {Model} */
  const model = { spec, labels: data.labels, preprocess, weights: initialise(architecture, seed) };
  const checkpoint = join(dataFolder(), 'reproduce', `${id}-${seed}`);
  /** @type {Pick<Run, 'history' | 'interruptions'>} */
  let state = { history: [], interruptions: 0 };
  if (existsSync(`${checkpoint}.json`)) {
    state = JSON.parse(await readFile(`${checkpoint}.json`, 'utf8'));
    state.interruptions++;
    model.weights = decodeModel(await readFile(`${checkpoint}.safetensors`)).weights;
  }

  const device = await openWasm({ threads: 1 });
  const network = new Network(architecture, model.weights, device);
  const test = async () => evaluation(await infer(network, data.test.inputs), data.test.classes, data.labels);
  const each = trainSet.classes.length < 1000 ? 10 : 1; // small runs are tested, and saved, only now and then
  const upTo = (/** @type {number} */ last) =>
    train(network, trainSet, {
      ...{ ...experiment, labelSmoothing: 0, weightDecay: 0, schedule: 'constant', patience: 0, seed, epochs: last },
      augment: augment ? createAugment(spec.input, data.preprocess) : undefined,
      completed: state.history.map((record) => ({ ...record, learningRate: experiment.learningRate })),
      async onEpoch(record, weights) {
        const measured = record.epoch % each === 0 || record.epoch === epochs ? await test() : undefined;
        state.history.push({
          ...{ epoch: record.epoch, loss: record.loss, accuracy: record.accuracy, seconds: record.seconds },
          ...(measured && { testLoss: measured.loss, testAccuracy: measured.accuracy }),
        });
        if (!measured) return;
        await writeWhole(`${checkpoint}.safetensors`, encodeModel({ ...model, weights }));
        await writeWhole(`${checkpoint}.json`, JSON.stringify(state));
        say(`epoch ${record.epoch} of ${epochs}: loss ${record.loss.toFixed(4)}, test ${percent(measured.accuracy)} %`);
      },
    });
  try {
    if (reload && state.history.length < reload) {
      const { weights } = await upTo(reload);
      network.write(decodeModel(encodeModel({ ...model, weights })).weights);
    }
    const reloaded = reload && state.history[reload - 1].testAccuracy;
    if (state.history.length < epochs) await upTo(epochs);
    const { accuracy, misclassified } = await test();
    const run = {
      accuracy: percent(accuracy),
      ...(reloaded !== undefined && { reloaded: percent(reloaded) }),
      ...state,
    };
    return { ...run, misclassified: misclassified.slice(0, 60), weights: await network.read() };
  } finally {
    network.dispose();
    device.release();
  }
}

/** What an interrupted run had left. @param {string} id @param {number} seed */
export async function forgetCheckpoint(id, seed) {
  const checkpoint = join(dataFolder(), 'reproduce', `${id}-${seed}`);
  for (const ending of ['json', 'safetensors']) await rm(`${checkpoint}.${ending}`, { force: true });
}

/** Some examples of a set, copied. @param {Dataset} data @param {number[]} indices */
function some({ inputs, classes }, indices) {
  const size = inputs.length / classes.length;
  const picked = new Float32Array(indices.length * size);
  indices.forEach((index, i) => picked.set(inputs.subarray(index * size, (index + 1) * size), i * size));
  return { inputs: picked, classes: Int32Array.from(indices, (index) => classes[index]) };
}

const percent = (/** @type {number} */ share) => Math.round(share * 10_000) / 100;
