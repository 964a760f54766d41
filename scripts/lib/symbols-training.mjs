// What a network for symbols is made from, and what is made of it: it learns to tell thousands of classes apart, and that
// head is thrown away, since good features are all it takes (Tian et al. 2020). Digits get its place.

import { classStatistics, infer, initialise, lower, Network, train } from '#internals';
import { fewShot } from './few-shot.mjs';
import { choosingSymbols, drawnAnew, symbolExamples } from './symbols-data.mjs';

/**
 * @import { Dataset, TrainOptions } from '#internals'
 * @import { Preprocessing, Spec } from 'handful'
 */

/** How the head for digits learns. @type {Omit<TrainOptions, 'patience' | 'seed'>} */
const OF_HEAD = { epochs: 6, batchSize: 64, optimizer: 'adam', learningRate: 0.005, momentum: 0, schedule: 'cosine' };
/** Of the mean variance, added to each of the covariance that classes all new are told apart by. */
const SHRINKAGE = 1;

/**
 * @param {import('./symbols-data.mjs').Amounts} amounts
 * @param {import('../data/subset.mjs').Part} scans @param {Preprocessing} preprocess @param {number} seed
 */
export async function symbolTraining(amounts, scans, preprocess, seed) {
  const { examples, classes } = await symbolExamples(amounts, scans, seed);
  const choosing = await choosingSymbols();
  return {
    ...drawnAnew(examples, preprocess, seed),
    classes,
    /** Of twenty classes that nothing learns from, the share read right from one drawing each. @param {Network} network */
    async choose(network) {
      let sum = 0;
      for (const drawings of Object.values(choosing)) sum += await fewShot(network, drawings, preprocess, 1);
      return sum / Object.keys(choosing).length;
    },
  };
}

/**
 * A network with the features of another one and a head for a few classes.
 *
 * @param {Network} wide disposed of @param {Spec} spec with the few classes @param {Dataset} examples @param {number} seed
 */
export async function withSmallHead(wide, spec, { inputs, classes }, seed) {
  const learned = await wide.read();
  wide.dispose();
  const architecture = lower(spec);
  const from = architecture.shapes.length - 1;
  const initial = initialise(architecture, seed);
  const ofHead = architecture.parameters.filter(({ layer }) => layer === from).map(({ name }) => name);
  const weights = new Map(
    [...initial].map(([name, own]) => [name, ofHead.includes(name) ? own : (learned.get(name) ?? own)]),
  );
  const network = new Network(architecture, weights, wide.device);
  const features = { inputs: await infer(network, inputs, { to: from }), classes };
  await train(network, features, { ...OF_HEAD, from, patience: 0, seed });
  return network;
}

/**
 * How features of a class are spread, of the symbols that taught them.
 *
 * @param {Network} network @param {Dataset} symbols @param {number} count of classes
 */
export async function spreadOfSymbols(network, { inputs, classes }, count) {
  const features = await infer(network, inputs, { to: network.architecture.shapes.length - 1 });
  return classStatistics(features, classes, count, SHRINKAGE)?.covarianceFactor;
}
