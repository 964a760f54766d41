// Fits what a model knows of itself: its temperature, its class statistics, and its out-of-distribution detector.

/** @import { Dataset, Device, Model, OodDetector, TrainOptions } from '#internals' */

import {
  calibrationError,
  classStatistics,
  createAugment,
  distance,
  fitTemperature,
  infer,
  initialise,
  isInDistribution,
  Network,
  normalised,
  oodScore,
  lower,
  random,
  standardise,
  train,
} from '#internals';
import { mlp } from 'handful';
import { withHands } from './synthetic-handwriting.mjs';
import { drawn } from './writing.mjs';
import { glyph, polyline, scribble, shape, silhouette, unfamiliar, zigzag } from './counterexamples.mjs';

/** Digits that the detector learns from; as many varied ones and twice as many pictures of no digit come with them. */
const EXAMPLES = 55_000;
/** Share of digits as they are written elsewhere, so that other people's are not refused. */
const HANDS = 0.25;
/** Examples that class statistics are made of. */
const COUNTED = 20_000;
/** @type {Omit<TrainOptions, 'patience' | 'seed'>} */
const TRAINING = { epochs: 8, batchSize: 64, optimizer: 'adam', learningRate: 0.002, momentum: 0, schedule: 'cosine' };
/** Share of the digits held back that may be refused. */
const REFUSED = 0.005;
/** Share of the digits held back that lie within the radius of their class. */
const WITHIN = 0.9;

/**
 * What a model knows of itself: the temperature at which confidence is nearest to accuracy on what was held back; its
 * class statistics; and, if it reads ink, a detector of what is out of distribution.
 *
 * @param {Network} network
 * @param {import('handful').Preprocessing} preprocess
 * @param {{ train: Dataset, held: Dataset, seed: number }} data
 */
export async function knowledgeOf(network, preprocess, { train, held, seed }) {
  const temperature = temperatureOf(await infer(network, held.inputs), held.classes);
  const detector = preprocess.kind === 'ink' ? await detectorOf(network, preprocess, train, held, seed) : undefined;
  const statistics = await statisticsOf(network, train);
  return { temperature, ...(detector && { detector }), ...(statistics && { classStatistics: statistics }) };
}

/** What stands for the classes while others are learned. @param {Network} network @param {Dataset} data */
async function statisticsOf(network, { inputs, classes }) {
  const { shapes, classes: count } = network.architecture;
  const last = shapes.length - 1;
  if (last === 0) return undefined; // its head sees the input itself
  const examples = Math.min(COUNTED, classes.length);
  const features = await infer(network, inputs.subarray(0, (inputs.length / classes.length) * examples), { to: last });
  return classStatistics(features, classes.subarray(0, examples), count);
}

/**
 * The temperature of the least calibration error near the one of the least loss. They are the same but for networks so
 * simple that no temperature makes them right everywhere: of softmax regression the loss minds the rarest answers most.
 *
 * @param {Float32Array} logits @param {Int32Array} classes
 */
function temperatureOf(logits, classes) {
  const likeliest = fitTemperature(logits, classes);
  const around = Array.from({ length: 41 }, (_, i) => likeliest * 1.25 ** ((i - 20) / 20));
  const errors = around.map((temperature) => calibrationError(logits, classes, temperature));
  return Number(around[errors.indexOf(Math.min(...errors))].toFixed(4));
}

/**
 * How right a model is about itself, for its card: shares of test images and of pictures of no digit that it refuses,
 * and the expected calibration error.
 *
 * @param {Network} network with the model's weights
 * @param {Pick<Model, 'temperature' | 'detector' | 'preprocess'>} model
 * @param {Dataset} test
 */
export async function measured(network, { temperature, detector, preprocess }, test) {
  const error = calibrationError(await infer(network, test.inputs), test.classes, temperature);
  const result = { temperature, calibrationError: Number(error.toFixed(5)) };
  if (!detector) return result;
  /** @param {Float32Array} inputs @param {number} count */
  const refused = async (inputs, count) => {
    const features = await infer(network, inputs, { to: detector.layer });
    let strange = 0;
    /** @param {Float32Array} values @param {number} i */
    const row = (values, i) => values.subarray((i * values.length) / count, ((i + 1) * values.length) / count);
    for (let i = 0; i < count; i++) strange += Number(!isInDistribution(detector, row(inputs, i), row(features, i)));
    return strange / count;
  };
  const next = random(20_000); // pictures that no detector has learned from
  /** @type {Record<string, number>} */
  const shares = { test: await refused(test.inputs, test.classes.length) };
  for (const [name, make] of Object.entries({ scribble, zigzag, polyline, glyph, shape, silhouette })) {
    const inputs = new Float32Array(1000 * 784);
    for (let i = 0; i < 1000; i++) {
      const made = make(next);
      const values = made instanceof Float32Array ? made : drawn(made);
      standardise(values, preprocess, inputs, 784 * i);
    }
    shares[name] = await refused(inputs, 1000);
  }
  return { ...result, refused: shares };
}

/**
 * A detector for a network that reads ink: of what its convolutions yield. The features of one without any tell less than
 * its input, so there it takes that, and is larger.
 *
 * @param {Network} network
 * @param {import('handful').Preprocessing} preprocess
 * @param {Dataset} digits
 * @param {Dataset} held decides the threshold and the radius
 * @param {number} seed
 * @returns {Promise<OodDetector | undefined>}
 */
async function detectorOf(network, preprocess, digits, held, seed) {
  const trainSet = withHands(digits, HANDS, preprocess, seed + 1);
  const { spec, shapes } = network.architecture;
  if (shapes.length === 1) return undefined; // softmax regression is there for its size, and a detector has eight times that
  const layer = shapes.findIndex((shape) => shape.length === 1) + 1;
  const takes = spec.input.length === 1 ? 'input' : 'features';
  const units = takes === 'input' ? [64, 32] : [48, 24];
  const next = random(seed);
  const length = trainSet.inputs.length / trainSet.classes.length;
  const count = Math.min(EXAMPLES, trainSet.classes.length);
  const [mean, std] = [preprocess.mean[0], preprocess.std[0]];

  const inputs = new Float32Array(4 * count * length);
  inputs.set(trainSet.inputs.subarray(0, count * length));
  const vary = createAugment(spec.input, preprocess, { strength: 0.7 });
  for (let i = 0; i < count; i++) vary(trainSet.inputs, i * length, inputs, (count + i) * length, next);
  const digit = () => {
    const i = Math.floor(next() * count);
    return trainSet.inputs.subarray(i * length, (i + 1) * length).map((value) => value * std + mean);
  };
  for (let i = 0; i < 2 * count; i++)
    standardise(unfamiliar(next, digit), preprocess, inputs, (2 * count + i) * length);

  const classes = Int32Array.from({ length: 4 * count }, (_, i) => Number(i >= 2 * count));
  /** @param {Float32Array} values */
  const view = async (values) => (takes === 'input' ? values : infer(network, values, { to: layer }));
  const weights = await learnDetector(await view(inputs), classes, units, seed, network.device);

  /** @param {Float32Array} values */
  const rows = (values) => {
    const width = values.length / held.classes.length;
    return Array.from(held.classes, (_, i) => values.subarray(i * width, (i + 1) * width));
  };
  const features = await infer(network, held.inputs, { to: layer });
  const scores = rows(await view(held.inputs)).map((row) => oodScore({ units, weights }, row));
  return {
    layer,
    takes,
    units,
    weights,
    threshold: quantile(scores, 1 - REFUSED),
    radius: quantile(distancesToMeans(rows(features).map(normalised), held.classes), WITHIN),
    regions: [],
  };
}

/**
 * A perceptron that tells class 1, unfamiliar, from class 0, in the order of a detector's weights.
 *
 * @param {Float32Array} inputs @param {Int32Array} classes
 * @param {number[]} units @param {number} seed @param {Device} device
 */
async function learnDetector(inputs, classes, units, seed, device) {
  const architecture = lower(mlp([inputs.length / classes.length, ...units, 2]));
  const perceptron = new Network(architecture, initialise(architecture, seed), device);
  const { weights } = await train(perceptron, { inputs, classes }, { ...TRAINING, patience: 0, seed });
  perceptron.dispose();
  return Float32Array.from(
    [...units, 1].flatMap((_, number) => {
      const parameters = ['weight', 'bias'].flatMap((name) => [
        ...(weights.get(`linears.${number}.${name}`)?.data ?? []),
      ]);
      const isLast = number === units.length; // unfamiliar less familiar is one output
      return isLast ? parameters.flatMap((value, i) => (i % 2 ? [value - parameters[i - 1]] : [])) : parameters;
    }),
  );
}

/** How far each direction lies from the mean direction of its class. @param {Float32Array[]} rows @param {Int32Array} classes */
function distancesToMeans(rows, classes) {
  /** @type {Map<number, Float32Array>} */
  const sums = new Map();
  const sumOf = (/** @type {number} */ i) => sums.get(classes[i]) ?? new Float32Array(rows[i].length);
  for (const [i, row] of rows.entries()) {
    const sum = sumOf(i);
    row.forEach((value, at) => (sum[at] += value));
    sums.set(classes[i], sum);
  }
  return rows.map((row, i) => distance(row, normalised(sumOf(i))));
}

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
