import { fromBase64, toBase64 } from './packed.js';
import { badModel, quote } from './refuse.js';
import type { Plan } from './spec.js';

/**
 * How a model tells what it was never taught: a judge, a small perceptron on the features of an early layer that has
 * seen what is none of the classes (outlier exposure, Hendrycks et al. 2019); and what was learned since, by distance.
 */
export interface Familiarity {
  /** Features are what the top-level layers before this one yield. */
  layer: number;
  /** Weights [features, units], biases [units], output weights [units] and output bias, one after the other. */
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

/** Whether a model knows features of this kind. @param features [width] of the layer that familiarity looks at. */
export function isFamiliar(familiarity: Familiarity, features: Float32Array): boolean {
  if (judged(familiarity, features) <= familiarity.threshold) return true;
  const direction = normalised(features);
  return familiarity.learned.some(({ centre, radius }) => distance(direction, centre) <= radius);
}

/** What the judge says: the greater, the less familiar. */
export function judged({ judge }: Pick<Familiarity, 'judge'>, features: Float32Array): number {
  const width = features.length;
  const units = (judge.length - 1) / (width + 2);
  const hidden = judge.slice(width * units, (width + 1) * units);
  for (let i = 0; i < width; i++) {
    const feature = features[i]!;
    if (feature !== 0) for (let unit = 0; unit < units; unit++) hidden[unit]! += feature * judge[i * units + unit]!;
  }
  const output = (width + 1) * units;
  return hidden.reduce((sum, value, unit) => sum + Math.max(0, value) * judge[output + unit]!, judge.at(-1)!);
}

/** A copy of length 1, of which only the direction is left. */
export function normalised(features: Float32Array): Float32Array {
  const length = Math.sqrt(features.reduce((sum, feature) => sum + feature ** 2, 0));
  return features.map((feature) => (length > 0 ? feature / length : 0));
}

export function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0));
}

/** As the text that a model file's metadata carries: JSON, arrays as float16 in base64. */
export function encodeFamiliarity({ judge, learned, ...numbers }: Familiarity): string {
  const regions = learned.map(({ centre, radius }) => ({ centre: toBase64(centre), radius }));
  return JSON.stringify({ ...numbers, judge: toBase64(judge), learned: regions });
}

/** @throws {HandfulError} `bad-model` if it makes no sense for this network. */
export function decodeFamiliarity(value: unknown, { shapes }: Plan): Familiarity {
  const fail = (what: string, came: unknown) =>
    badModel(`The model file's familiarity has ${what}; got ${quote(came)}.`);
  if (typeof value !== 'object' || value === null) return fail('an object', value);
  const { layer, judge, threshold, radius, learned } = value as Record<keyof Familiarity, unknown>;
  if (!Number.isInteger(layer) || (layer as number) < 1 || (layer as number) >= shapes.length)
    fail(`a layer from 1 to ${shapes.length - 1}`, layer);
  if (!Number.isFinite(threshold)) fail('a finite threshold', threshold);
  const width = shapes[(layer as number) - 1]!.reduce((a, b) => a * b, 1);
  const weights = fromBase64(judge);
  const units = weights && (weights.length - 1) / (width + 2);
  if (!weights || !Number.isInteger(units) || units! < 1) return fail(`a judge of ${width} features`, judge);
  if (!Array.isArray(learned) || learned.length > MOST_REGIONS)
    return fail(`at most ${MOST_REGIONS} regions learned`, learned);
  const regions = learned.map((region: Partial<Record<keyof Region, unknown>> | null): Region => {
    const centre = fromBase64(region?.centre);
    if (centre?.length !== width) return fail(`centres of ${width} features`, region);
    return { centre, radius: positive(region?.radius) };
  });
  return {
    layer: layer as number,
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
