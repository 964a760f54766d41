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
  sizeOf,
  standardise,
  subset,
  train,
} from '#internals';
import { mlp } from 'handful';
import { anyHand } from './hands/many-hands.mjs';
import { kindsOfNoDigit, unfamiliar } from './counterexamples/unfamiliar.mjs';

/**
 * @import { Part } from '../data/subset.mjs'
 * @import { Example } from './hands/many-hands.mjs'
 *
 * @typedef {object} Data
 * @property {Dataset} train after the examples
 * @property {Example[]} examples digits of other hands, at the beginning of `train`
 * @property {Part} images of digits, which `train` ends with
 * @property {Dataset} held
 * @property {Dataset[]} choosing
 * @property {number} seed
 */

/** Of the dataset's digits as they are, of them varied, and of other hands': so many are to be accepted. */
const FAMILIAR = { images: 30_000, varied: 20_000, hands: 50_000 };
/** Pictures of no digit to be refused. */
const UNFAMILIAR = 160_000;
/** Examples that class statistics are made of. */
const COUNTED = 20_000;
/** @type {Omit<TrainOptions, 'patience' | 'seed'>} */
const TRAINING = { epochs: 10, batchSize: 64, optimizer: 'adam', learningRate: 0.002, momentum: 0, schedule: 'cosine' };
/** Share of the digits that choose which may be refused, each kind of them weighing as much. */
const REFUSED = 0.01;
/** Share of the digits held back that lie within the radius of their class. */
const WITHIN = 0.9;

/**
 * What a model knows of itself: the temperature at which confidence is nearest to accuracy on what was held back; its
 * class statistics; and, if it reads ink, a detector of what is out of distribution.
 *
 * @param {Network} network
 * @param {import('handful').Preprocessing} preprocess
 * @param {Data} data
 */
export async function knowledgeOf(network, preprocess, data) {
  const logits = [];
  for (const { inputs } of data.choosing) logits.push(await infer(network, inputs));
  const temperature = temperatureOf(logits, data.choosing);
  const detector = preprocess.kind === 'ink' ? await detectorOf(network, preprocess, data) : undefined;
  const statistics = await statisticsOf(network, data.train);
  return { temperature, ...(detector && { detector }), ...(statistics && { classStatistics: statistics }) };
}

/** What stands for the classes while others are learned. @param {Network} network @param {Dataset} data */
async function statisticsOf(network, { inputs, classes }) {
  const { shapes, classes: count } = network.architecture;
  const last = shapes.length - 1;
  if (last === 0) return undefined; // its head sees the input itself
  const every = Math.max(1, Math.floor(classes.length / COUNTED)); // of all kinds there are, which lie one after the other
  const chosen = Array.from({ length: Math.floor(classes.length / every) }, (_, i) => i * every);
  const some = subset({ inputs, classes }, chosen);
  return classStatistics(await infer(network, some.inputs, { to: last }), some.classes, count);
}

/**
 * The temperature of the least calibration error near the one of the least loss; where there are several kinds of
 * examples, of the least error on the worst of them. They are nearly the same but for networks so simple that no
 * temperature makes them right everywhere: of softmax regression the loss minds the rarest answers most.
 *
 * @param {Float32Array[]} logits @param {Dataset[]} kinds
 */
function temperatureOf(logits, kinds) {
  const likeliest = kinds.map(({ classes }, kind) => fitTemperature(logits[kind], classes));
  const [low, high] = [Math.min(...likeliest) / 1.25, Math.max(...likeliest) * 1.25];
  const between = Array.from({ length: 61 }, (_, i) => low * (high / low) ** (i / 60));
  const errors = between.map((temperature) =>
    Math.max(...kinds.map(({ classes }, kind) => calibrationError(logits[kind], classes, temperature))),
  );
  return Number(between[errors.indexOf(Math.min(...errors))].toFixed(4));
}

/**
 * How right a model is about itself, for its card: shares of test images and of pictures of no digit that it refuses,
 * and the expected calibration error.
 *
 * @param {Network} network with the model's weights
 * @param {Pick<Model, 'temperature' | 'detector' | 'preprocess'>} model
 * @param {Dataset} test
 * @param {Part} images of which mirrored digits and their like are made
 */
export async function measured(network, { temperature, detector, preprocess }, test, images) {
  const error = calibrationError(await infer(network, test.inputs), test.classes, temperature);
  const result = { temperature, calibrationError: Number(error.toFixed(5)) };
  if (!detector) return result;
  /** @param {Float32Array} inputs @param {number} count */
  const refused = async (inputs, count) => {
    const features = await infer(network, inputs, { to: detector.layer });
    const rows = rowsOf(features, count);
    return rowsOf(inputs, count).filter((row, i) => !isInDistribution(detector, row, rows[i])).length / count;
  };
  const next = random(20_000); // pictures that no detector has learned from
  /** @type {Record<string, number>} */
  const shares = { test: await refused(test.inputs, test.classes.length) };
  for (const [name, make] of Object.entries(await kindsOfNoDigit(next, images, true))) {
    const inputs = new Float32Array(1000 * 784);
    for (let i = 0; i < 1000; i++) standardise(make(), preprocess, inputs, 784 * i);
    shares[name] = await refused(inputs, 1000);
  }
  return { ...result, refused: shares };
}

/** The rows of a matrix [count, width], flat. @param {Float32Array} values @param {number} count */
function rowsOf(values, count) {
  const width = values.length / count;
  return Array.from({ length: count }, (_, i) => values.subarray(i * width, (i + 1) * width));
}

/**
 * A detector for a network that reads ink: of what its convolutions yield. The features of one without any tell less than
 * its input, so there it takes that, and is larger.
 *
 * @param {Network} network
 * @param {import('handful').Preprocessing} preprocess
 * @param {Data} data
 * @returns {Promise<OodDetector | undefined>}
 */
async function detectorOf(network, preprocess, { train, images, examples, held, choosing, seed }) {
  const { spec, shapes } = network.architecture;
  if (shapes.length === 1) return undefined; // softmax regression is there for its size, and a detector has eight times that
  const layer = shapes.findIndex((shape) => shape.length === 1) + 1;
  const takes = spec.input.length === 1 ? 'input' : 'features';
  const width = takes === 'input' ? sizeOf(spec.input) : sizeOf(shapes[layer - 1]);
  const units = takes === 'input' ? [96, 32] : width > 100 ? [64, 24] : [128, 48];
  /** @param {Float32Array} values */
  const view = async (values) => (takes === 'input' ? values : infer(network, values, { to: layer }));

  const next = random(seed);
  const pictures = await detectorPictures({ train, images, examples }, spec.input, preprocess, next);
  const weights = await learnDetector(await view(pictures.inputs), pictures.classes, units, seed, network.device);

  const scores = [];
  for (const kind of choosing) {
    const weight = 1 / kind.classes.length;
    for (const row of rowsOf(await view(kind.inputs), kind.classes.length))
      scores.push({ score: oodScore({ units, weights }, row), weight });
  }
  const features = rowsOf(await infer(network, held.inputs, { to: layer }), held.classes.length);
  return {
    layer,
    takes,
    units,
    weights,
    threshold: thresholdOf(scores, REFUSED * choosing.length),
    radius: quantile(distancesToMeans(features.map(normalised), held.classes), WITHIN),
    regions: [],
  };
}

/**
 * What a detector learns from: class 0 is digits, 1 is none.
 *
 * @param {Pick<Data, 'train' | 'images' | 'examples'>} data
 * @param {number[]} input @param {import('handful').Preprocessing} preprocess @param {() => number} next
 * @returns {Promise<Dataset>}
 */
async function detectorPictures({ train, images, examples }, input, preprocess, next) {
  const length = sizeOf(input);
  const digits = train.inputs.subarray(examples.length * length);
  const count = digits.length / length;
  const hands = examples.length > 0 ? FAMILIAR.hands : 0;
  const familiar = FAMILIAR.images + FAMILIAR.varied + hands;
  const inputs = new Float32Array((familiar + UNFAMILIAR) * length);
  const vary = createAugment(input, preprocess, { strength: 0.7 });
  let to = 0;
  for (let i = 0; i < FAMILIAR.images + FAMILIAR.varied; i++, to += length) {
    const from = (i % count) * length;
    if (i < FAMILIAR.images) inputs.set(digits.subarray(from, from + length), to);
    else vary(digits, from, inputs, to, next);
  }
  const hand = anyHand(examples, next);
  for (let i = 0; i < hands; i++, to += length) standardise(hand(), preprocess, inputs, to);
  const kinds = await kindsOfNoDigit(next, images);
  for (let i = 0; i < UNFAMILIAR; i++, to += length) standardise(unfamiliar(kinds, next), preprocess, inputs, to);
  return { inputs, classes: Int32Array.from({ length: familiar + UNFAMILIAR }, (_, i) => Number(i >= familiar)) };
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

/** The least score above which scores weigh at most so much. @param {{ score: number, weight: number }[]} scores @param {number} most */
function thresholdOf(scores, most) {
  const falling = scores.toSorted((a, b) => b.score - a.score);
  let left = most;
  return falling.find(({ weight }) => (left -= weight) < 0)?.score ?? -Infinity;
}

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
