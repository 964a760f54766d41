import { fromBase64, isPackable, toBase64 } from './files/base64.js';
import { badModel, quote } from '../common/messages.js';
import { sizeOf } from '../common/shapes.js';
import type { Architecture } from './lowering/lower.js';

/**
 * How features of the classes that a model knows are spread where its head takes them: each class a normal distribution,
 * all of the same covariance. Features drawn from it stand for these classes while another one is learned (feature
 * replay: van de Ven et al. 2020).
 */
export interface ClassStatistics {
  /** For each class the mean of its features, or undefined if there is none. */
  means: (Float32Array | undefined)[];
  /** Lower triangle of the covariance's Cholesky factor, row by row. */
  covarianceFactor: Float32Array;
  /** No feature is less: 0 behind a ReLU. */
  minimum: number;
}

/** More features than these are too many to keep how each varies with each. */
export const MOST_FEATURES = 256;

/** How many features the head of a network takes. */
export function headWidth({ spec, shapes }: Architecture): number {
  return sizeOf(shapes.at(-2) ?? spec.input);
}

/** Class statistics in a model file's metadata: JSON, arrays as float16 in base64. These names stay, as files do. */
interface StatisticsJson {
  means: (string | undefined)[]; // undefined becomes null
  spread: string;
  least: number; // -Infinity becomes null
}

/** Undefined for features so large that float16 does not hold them, which are not worth a larger file. */
export function encodeStatistics({ means, covarianceFactor, minimum }: ClassStatistics): string | undefined {
  if (![covarianceFactor, ...means].every((values) => !values || isPackable(values))) return undefined;
  const json: StatisticsJson = {
    means: means.map((mean) => mean && toBase64(mean)),
    spread: toBase64(covarianceFactor),
    least: minimum,
  };
  return JSON.stringify(json);
}

/** @throws {HandfulError} `bad-model` if they make no sense for this network. */
export function decodeStatistics(value: unknown, architecture: Architecture): ClassStatistics {
  if (typeof value !== 'object' || value === null) return fail('an object', value);
  const { means, spread, least } = value as Record<keyof StatisticsJson, unknown>;
  const width = headWidth(architecture);
  if (width > MOST_FEATURES) return fail(`at most ${MOST_FEATURES} features`, width);
  if (!Array.isArray(means) || means.length !== architecture.classes)
    return fail(`means of ${architecture.classes} classes`, means);
  const covarianceFactor = fromBase64(spread);
  const size = (width * (width + 1)) / 2;
  if (covarianceFactor?.length !== size)
    return fail(`a covariance of ${width} features, ${size} numbers`, covarianceFactor?.length ?? spread);
  if (least !== null && !(typeof least === 'number' && Number.isFinite(Math.fround(least))))
    return fail('a finite minimum', least);
  return {
    means: means.map((text) => {
      if (text === null) return undefined;
      const mean = fromBase64(text);
      return mean?.length === width ? mean : fail(`means of ${width} features`, text);
    }),
    covarianceFactor,
    minimum: least ?? -Infinity,
  };
}

function fail(expected: string, came: unknown): never {
  badModel(`The class statistics in the model file have ${expected}; got ${quote(came)}.`);
}
