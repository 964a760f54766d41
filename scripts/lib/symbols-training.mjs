// What a network for symbols is made from, and what is made of it: it learns to tell thousands of classes apart, and that
// head is thrown away, since good features are all it takes (Tian et al. 2020). Digits get its place.

import {
  classStatistics,
  fitTemperature,
  infer,
  initialise,
  lower,
  Network,
  subset,
  writeDiscriminants,
} from '#internals';
import { fromOne, rounds } from './few-shot.mjs';
import { meanOf } from './folds.mjs';
import { choosingSymbols, drawnAnew, symbolExamples } from './symbols-data.mjs';

/**
 * @import { Dataset } from '#internals'
 * @import { Preprocessing, Spec } from 'handful'
 */

/** Of the mean variance, added to each of the covariance by which new classes are told apart. */
const SHRINKAGE = 1;
/** Drawings of each class from which it is settled how sure answers may be. */
const SHOTS = 5;
/** Examples that the means of the few classes are made of. */
const COUNTED = 20_000;

/**
 * @param {import('./symbols-data.mjs').Amounts} amounts
 * @param {import('../data/subset.mjs').Part} scans @param {Preprocessing} preprocess @param {number} seed
 */
export async function symbolTraining(amounts, scans, preprocess, seed) {
  const { examples, classes } = await symbolExamples(amounts, scans, seed);
  const choosing = Object.values(await choosingSymbols());
  const { train, augment } = drawnAnew(examples, preprocess, seed);
  return {
    train,
    augment,
    classes,
    /** Of twenty classes that nothing learns from, the share read right from one drawing each. @param {Network} network */
    async choose(network) {
      let sum = 0;
      for (const drawings of choosing) sum += fromOne(await rounds(network, drawings, preprocess));
      return sum / choosing.length;
    },
    /** How features of a class are spread: of what they learned from, as sure as is right of others. @param {Network} network */
    async spread(network) {
      const to = network.architecture.shapes.length - 1;
      const features = await infer(network, train.inputs, { to });
      const statistics = classStatistics(features, train.classes, classes, SHRINKAGE);
      if (!statistics) throw new Error('The head of a network for symbols takes too many features.');
      const { covarianceFactor } = statistics;
      const choices = (await Promise.all(choosing.map((drawings) => rounds(network, drawings, preprocess)))).flat();
      const deviation = Math.sqrt(surenessOf(choices, covarianceFactor));
      return covarianceFactor.map((value) => value * deviation);
    },
  };
}

/**
 * The temperature at which discriminants are as often right as they say.
 *
 * @param {Float32Array[][][]} choices @param {Float32Array} covarianceFactor
 */
function surenessOf(choices, covarianceFactor) {
  const ways = choices[0].length;
  /** @type {number[]} */
  const logits = [];
  /** @type {number[]} */
  const truth = [];
  for (const classes of choices) {
    const answer = discriminants(
      classes.map((own) => meanOf(own.slice(0, SHOTS))),
      covarianceFactor,
    );
    for (const [at, own] of classes.entries())
      for (const features of own.slice(SHOTS)) {
        logits.push(...answer(features));
        truth.push(at);
      }
  }
  if (logits.length !== truth.length * ways) throw new Error('Choices have different numbers of classes.');
  return fitTemperature(Float32Array.from(logits), Int32Array.from(truth)) / (1 + 1 / SHOTS);
}

/** @param {Float32Array[]} means @param {Float32Array} covarianceFactor @returns {(features: Float32Array) => number[]} */
function discriminants(means, covarianceFactor) {
  const [width, count] = [means[0].length, means.length];
  const [weight, bias] = [new Float32Array(width * count), new Float32Array(count)];
  const weights = new Map([
    ['head.weight', { shape: [width, count], data: weight }],
    ['head.bias', { shape: [count], data: bias }],
  ]);
  writeDiscriminants(weights, 'head', { means, covarianceFactor });
  return (features) =>
    Array.from(bias, (offset, at) => features.reduce((sum, value, i) => sum + value * weight[i * count + at], offset));
}

/**
 * A network with the features of another one, and the statistics of a few classes with the head that they make.
 *
 * @param {Network} wide disposed of @param {Spec} spec with the few classes @param {Dataset} examples of these
 * @param {Float32Array} covarianceFactor @param {number} seed
 */
export async function withSmallHead(wide, spec, { inputs, classes }, covarianceFactor, seed) {
  const architecture = lower(spec);
  const to = architecture.shapes.length - 1;
  const step = Math.ceil(classes.length / COUNTED);
  const some = subset(
    { inputs, classes },
    [...classes.keys()].filter((i) => i % step === 0),
  );
  const features = await infer(wide, some.inputs, { to });
  const statistics = classStatistics(features, some.classes, architecture.classes);
  if (!statistics) throw new Error('The head of a network for symbols takes too many features.');
  const learned = await wide.read();
  wide.dispose();
  const weights = initialise(architecture, seed);
  for (const { name, layer } of architecture.parameters) {
    const own = learned.get(name);
    if (own && layer < to) weights.set(name, own);
  }
  const [head] = architecture.parameters.filter(({ layer }) => layer === to);
  const own = { ...statistics, covarianceFactor };
  writeDiscriminants(weights, head.name.replace(/\.[^.]*$/, ''), own);
  return { network: new Network(architecture, weights, wide.device), classStatistics: own };
}
