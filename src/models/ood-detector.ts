import { fromBase64, toBase64 } from './files/base64.js';
import { badModel, quote } from '../common/messages.js';
import { sizeOf } from '../common/shapes.js';
import type { Architecture } from './lowering/lower.js';

/**
 * Tells inputs that are out of distribution, unlike anything the model was taught: a small perceptron on the features of
 * an early layer, or on the input itself, which has seen what is none of the classes (outlier exposure, Hendrycks et al.
 * 2019), and regions of features around what was learned since.
 */
export interface OodDetector {
  /** Features are what the top-level layers before this one yield. */
  layer: number;
  /** What the perceptron takes. */
  takes: 'features' | 'input';
  /** Widths of the perceptron's hidden layers, which have ReLUs. */
  units: number[];
  /** The perceptron's weights [inputs, outputs] and biases [outputs], layer by layer; its output is one number. */
  weights: Float32Array;
  /** Inputs of a greater score are out of distribution, unless their features lie in a region. */
  threshold: number;
  /** How far features of one class usually lie from their mean, all of length 1. */
  radius: number;
  /** Around examples that the model has learned though their scores are too great. */
  regions: Region[];
}

export interface Region {
  /** [features], of length 1. */
  centre: Float32Array;
  radius: number;
}

/** Most regions that a detector has. */
export const MOST_REGIONS = 1024;

/**
 * How far an input is from what the model was taught, in logits: above 0 it is out of distribution.
 * @param input Standardised, flat.
 * @param features [width], as the layers before `detector.layer` yield them.
 */
export function strangeness(detector: OodDetector, input: Float32Array, features: Float32Array): number {
  const excess = oodScore(detector, detector.takes === 'input' ? input : features) - detector.threshold;
  if (!(excess > 0)) return excess;
  const direction = normalised(features);
  return detector.regions.some(({ centre, radius }) => distance(direction, centre) <= radius) ? 0 : excess;
}

/** Whether an input is of a kind that the model was taught. */
export function isInDistribution(detector: OodDetector, input: Float32Array, features: Float32Array): boolean {
  return strangeness(detector, input, features) <= 0;
}

/** The perceptron's answer: the greater, the less the input is like what the model was taught. */
export function oodScore({ units, weights }: Pick<OodDetector, 'units' | 'weights'>, input: Float32Array): number {
  let values = input;
  let from = 0;
  for (const width of [...units, 1]) {
    const biases = from + values.length * width;
    const sums = weights.slice(biases, biases + width);
    const isInput = from === 0;
    for (let i = 0, row = from; i < values.length; i++, row += width) {
      const value = values[i] ?? 0;
      if (!(value > 0 || (value < 0 && isInput))) continue; // a ReLU, but not of the input
      for (let unit = 0; unit < width; unit++) sums[unit] = (sums[unit] ?? 0) + value * (weights[row + unit] ?? 0);
    }
    values = sums;
    from = biases + width;
  }
  return values[0] ?? NaN;
}

/** How many weights and biases a perceptron has that takes so many values. */
function perceptronSize(inputs: number, units: readonly number[]): number {
  let [size, from] = [0, inputs];
  for (const width of [...units, 1]) {
    size += (from + 1) * width;
    from = width;
  }
  return size;
}

/** A copy of length 1, of which only the direction is left. */
export function normalised(features: Float32Array): Float32Array {
  const length = Math.sqrt(features.reduce((sum, feature) => sum + feature ** 2, 0));
  return features.map((feature) => (length > 0 ? feature / length : 0));
}

export function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] ?? NaN)) ** 2, 0));
}

/** The detector in a model file's metadata: JSON, arrays as float16 in base64. These names stay, as files do. */
interface DetectorJson {
  layer: number;
  sees: 'features' | 'input';
  units: number[];
  judge: string;
  threshold: number;
  radius: number;
  learned: { centre: string; radius: number }[];
}

export function encodeDetector({ layer, takes, units, weights, threshold, radius, regions }: OodDetector): string {
  const learned = regions.map(({ centre, radius }) => ({ centre: toBase64(centre), radius }));
  const json: DetectorJson = { layer, sees: takes, units, threshold, radius, judge: toBase64(weights), learned };
  return JSON.stringify(json);
}

/** @throws {HandfulError} `bad-model` if it makes no sense for this network. */
export function decodeDetector(value: unknown, { spec, shapes }: Architecture): OodDetector {
  if (typeof value !== 'object' || value === null) return fail('an object', value);
  const { layer, sees, units, judge, threshold, radius, learned } = value as Record<keyof DetectorJson, unknown>;
  const shape = isCount(layer) ? shapes.slice(0, -1)[layer - 1] : undefined;
  if (!isCount(layer) || !shape) return fail(`a layer from 1 to ${shapes.length - 1}`, layer);
  if (sees !== 'features' && sees !== 'input') return fail("'features' or 'input' to take", sees);
  if (!Array.isArray(units) || units.length === 0 || !units.every(isCount))
    return fail('widths of hidden layers', units);
  if (typeof threshold !== 'number' || !Number.isFinite(threshold)) return fail('a finite threshold', threshold);
  const features = sizeOf(shape);
  const taken = sees === 'input' ? sizeOf(spec.input) : features;
  const weights = fromBase64(judge);
  const size = perceptronSize(taken, units);
  if (weights?.length !== size)
    return fail(
      `weights for ${taken} ${sees === 'input' ? 'inputs' : sees}, ${size} numbers`,
      weights?.length ?? judge,
    );
  if (!Array.isArray(learned) || learned.length > MOST_REGIONS) return fail(`at most ${MOST_REGIONS} regions`, learned);
  const regions = learned.map((region: Partial<Record<keyof Region, unknown>> | null): Region => {
    const centre = fromBase64(region?.centre);
    if (centre?.length !== features) return fail(`centres of ${features} features`, region);
    return { centre, radius: checkRadius(region?.radius) };
  });
  return { layer, takes: sees, units, weights, threshold, radius: checkRadius(radius), regions };
}

function checkRadius(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
    ? value
    : fail('a radius of 0 or more', value);
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;

function fail(expected: string, came: unknown): never {
  badModel(`The out-of-distribution detector in the model file has ${expected}; got ${quote(came)}.`);
}
