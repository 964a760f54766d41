import { fromBase64, isPackable, toBase64 } from './files/base64.js';
import { normal } from '../common/random.js';
import { badModel, quote } from '../common/messages.js';
import type { Plan } from './spec.js';

/**
 * What a model remembers of the classes it knows, as the input of its head sees them: each class a normal distribution,
 * all of the same covariance. Examples drawn from it stand for the classes while another one is learned (feature
 * replay: van de Ven et al. 2020).
 */
export interface Memory {
  /** For each class the mean of its features, or undefined if there is none. */
  means: (Float32Array | undefined)[];
  /** Lower triangle of the covariance's Cholesky factor, row by row. */
  spread: Float32Array;
  /** No feature is less: 0 behind a ReLU. */
  least: number;
}

/** More features than these are too many to keep how each varies with each. */
export const MOST_FEATURES = 256;

/** How many features the head of a network takes. */
export function headWidth({ spec, shapes }: Plan): number {
  return (shapes.at(-2) ?? spec.input).reduce((a, b) => a * b, 1);
}

/** Features of `count` examples of a class, [count, width]. @param next uniform numbers in [0, 1) */
export function recall({ spread, least }: Memory, mean: Float32Array, count: number, next: () => number): Float32Array {
  const width = mean.length;
  const features = new Float32Array(count * width);
  const draws = new Float32Array(width);
  for (let at = 0; at < features.length; at += width) {
    for (let i = 0; i < width; i++) draws[i] = normal(next);
    for (let i = 0, entry = 0; i < width; i++) {
      let value = mean[i]!;
      for (let j = 0; j <= i; j++) value += spread[entry++]! * draws[j]!;
      features[at + i] = Math.max(least, value);
    }
  }
  return features;
}

/**
 * As the text that a model file's metadata carries: JSON, arrays as float16 in base64. Undefined for features so large
 * that float16 does not hold them, which are not worth a larger file.
 */
export function encodeMemory({ means, spread, least }: Memory): string | undefined {
  if (![spread, ...means].every((values) => !values || isPackable(values))) return undefined;
  return JSON.stringify({ means: means.map((mean) => mean && toBase64(mean)), spread: toBase64(spread), least });
}

/** @throws {HandfulError} `bad-model` if it makes no sense for this network. */
export function decodeMemory(value: unknown, plan: Plan): Memory {
  const fail = (what: string, came: unknown) => badModel(`The model file's memory has ${what}; got ${quote(came)}.`);
  if (typeof value !== 'object' || value === null) return fail('an object', value);
  const { means, spread, least } = value as Record<keyof Memory, unknown>;
  const { classes } = plan;
  const width = headWidth(plan);
  if (width > MOST_FEATURES) return fail(`at most ${MOST_FEATURES} features`, width);
  if (!Array.isArray(means) || means.length !== classes) return fail(`means of ${classes} classes`, means);
  const triangle = fromBase64(spread);
  const size = (width * (width + 1)) / 2;
  if (triangle?.length !== size)
    return fail(`the spread of ${width} features, ${size} numbers`, triangle?.length ?? spread);
  if (least !== null && !(typeof least === 'number' && Number.isFinite(Math.fround(least))))
    return fail('a least feature', least);
  return {
    means: means.map((text) => {
      if (text === null) return undefined;
      const mean = fromBase64(text);
      return mean?.length === width ? mean : fail(`means of ${width} features`, text);
    }),
    spread: triangle,
    least: least ?? -Infinity, // as JSON writes it
  };
}
