import { fromBase64, toBase64 } from './files/base64.js';
import { badModel, quote } from '../common/messages.js';
import type { Plan } from './spec.js';

/**
 * How a model tells what it was never taught: a judge, a small perceptron on the features of an early layer or on the
 * input itself, which has seen what is none of the classes (outlier exposure, Hendrycks et al. 2019); and what was
 * learned since, by the distance of features.
 */
export interface Familiarity {
  /** Features are what the top-level layers before this one yield. */
  layer: number;
  /** What the judge looks at. */
  sees: 'features' | 'input';
  /** Widths of the judge's hidden layers, which have ReLUs. */
  units: number[];
  /** The judge's weights [inputs, outputs] and biases [outputs], layer by layer; its output is one number. */
  judge: Float32Array;
  /** Judged above this, features are unfamiliar. */
  threshold: number;
  /** How far features of one class usually lie from their mean, all of length 1. */
  radius: number;
  /** Regions around examples that the judge would refuse but the model has learned. */
  learned: Region[];
}

export interface Region {
  /** [features], of length 1. */
  centre: Float32Array;
  radius: number;
}

/** Most regions that a model remembers. */
export const MOST_REGIONS = 1024;

/**
 * Whether a model knows this kind of input.
 * @param input Standardised, flat.
 * @param features [width] of the layer that familiarity looks at.
 */
export function isFamiliar(familiarity: Familiarity, input: Float32Array, features: Float32Array): boolean {
  if (judged(familiarity, familiarity.sees === 'input' ? input : features) <= familiarity.threshold) return true;
  const direction = normalised(features);
  return familiarity.learned.some(({ centre, radius }) => distance(direction, centre) <= radius);
}

/** What the judge says of what it looks at: the greater, the less familiar. */
export function judged({ units, judge }: Pick<Familiarity, 'units' | 'judge'>, seen: Float32Array): number {
  let values = seen;
  let from = 0;
  for (const width of [...units, 1]) {
    const biases = from + values.length * width;
    const sums = judge.slice(biases, biases + width);
    values.forEach((value, i) => {
      if (value > 0 || (value < 0 && from === 0))
        // a ReLU, but not of what is seen
        for (let unit = 0; unit < width; unit++) sums[unit]! += value * judge[from + i * width + unit]!;
    });
    values = sums;
    from = biases + width;
  }
  return values[0]!;
}

/** How many numbers a judge is that sees so many. */
function judgeSize(seen: number, units: readonly number[]): number {
  const widths = [seen, ...units];
  return [...units, 1].reduce((size, width, i) => size + (widths[i]! + 1) * width, 0);
}

/** A copy of length 1, of which only the direction is left. */
export function normalised(features: Float32Array): Float32Array {
  const length = Math.sqrt(features.reduce((sum, feature) => sum + feature ** 2, 0));
  return features.map((feature) => (length > 0 ? feature / length : 0));
}

export function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0));
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;

/** As the text that a model file's metadata carries: JSON, arrays as float16 in base64. */
export function encodeFamiliarity({ judge, learned, ...numbers }: Familiarity): string {
  const regions = learned.map(({ centre, radius }) => ({ centre: toBase64(centre), radius }));
  return JSON.stringify({ ...numbers, judge: toBase64(judge), learned: regions });
}

/** @throws {HandfulError} `bad-model` if it makes no sense for this network. */
export function decodeFamiliarity(value: unknown, plan: Plan): Familiarity {
  const fail = (what: string, came: unknown) =>
    badModel(`The model file's familiarity has ${what}; got ${quote(came)}.`);
  if (typeof value !== 'object' || value === null) return fail('an object', value);
  const { layer, sees, units, judge, threshold, radius, learned } = value as Record<keyof Familiarity, unknown>;
  if (!isCount(layer) || layer >= plan.shapes.length) return fail(`a layer from 1 to ${plan.shapes.length - 1}`, layer);
  if (sees !== 'features' && sees !== 'input') return fail("a judge that sees 'features' or 'input'", sees);
  if (!Array.isArray(units) || units.length === 0 || !units.every(isCount)) return fail('the widths of a judge', units);
  if (!Number.isFinite(threshold)) fail('a finite threshold', threshold);
  const [inputs, width] = [plan.spec.input, plan.shapes[layer - 1]!].map((shape) => shape.reduce((a, b) => a * b, 1));
  const seen = sees === 'input' ? inputs! : width!;
  const weights = fromBase64(judge);
  const size = judgeSize(seen, units as number[]);
  if (weights?.length !== size)
    return fail(`a judge of ${seen} ${sees === 'input' ? 'inputs' : sees}, ${size} numbers`, weights?.length ?? judge);
  if (!Array.isArray(learned) || learned.length > MOST_REGIONS)
    return fail(`at most ${MOST_REGIONS} regions learned`, learned);
  const regions = learned.map((region: Partial<Record<keyof Region, unknown>> | null): Region => {
    const centre = fromBase64(region?.centre);
    if (centre?.length !== width) return fail(`centres of ${width} features`, region);
    return { centre, radius: positive(region?.radius) };
  });
  return {
    layer,
    sees,
    units: units as number[],
    judge: weights,
    threshold: threshold as number,
    radius: positive(radius),
    learned: regions,
  };

  function positive(number: unknown): number {
    return Number.isFinite(number) && (number as number) >= 0
      ? (number as number)
      : fail('a radius of 0 or more', number);
  }
}
