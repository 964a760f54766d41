import { quote } from '../../common/messages.js';
import { HandfulError } from '../../errors.js';
import { initialise } from '../../models/initialise.js';
import { copyWeights } from '../../models/model.js';
import type { Model, Weights } from '../../models/model.js';
import { lower } from '../../models/lowering/lower.js';
import { headName, withClasses } from '../../models/spec.js';
import type { FineTuneReport } from '../../types.js';

/**
 * The classes a fine-tuned network should tell apart: those asked for, or what follows from the samples. Labels it knows
 * keep its head. One or more new labels among known ones widen it. New labels alone replace it, if there are at least
 * two: a single class would tell nothing.
 * @throws {HandfulError} `bad-argument` for labels asked for that repeat or are none.
 */
export function targetLabels(known: readonly string[], given: readonly string[], asked?: readonly string[]): string[] {
  if (asked) {
    if (asked.length > 0 && new Set(asked).size === asked.length) return [...asked];
    throw new HandfulError('bad-argument', `Labels are a list of different names; got ${quote(asked)}.`);
  }
  const fresh = [...new Set(given)].filter((label) => !known.includes(label));
  if (fresh.length === 0) return [...known];
  const replaced = fresh.length > 1 && !given.some((label) => known.includes(label));
  return replaced ? fresh : [...known, ...fresh];
}

/** Whether labels are the same, in the same order. */
export const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((label, i) => label === b[i]);

/** What becomes of a head that tells `known` labels apart where it is to tell others. */
export function headChange(known: readonly string[], labels: readonly string[]): FineTuneReport['head'] {
  const kept = labels.filter((label) => known.includes(label)).length;
  if (kept === labels.length) return 'kept';
  return kept < known.length ? 'replaced' : 'extended';
}

/** A copy of a model whose head answers `labels`: classes that it knew keep their weights, others are as initialised. */
export function withLabels(model: Model, labels: readonly string[], seed: number): Model {
  const weights = copyWeights(model.weights);
  if (isSame(labels, model.labels)) return { ...model, weights };
  const { detector, classStatistics: _, ...rest } = model;
  const initial = initialise(lower(withClasses(model.spec, labels.length)), seed);
  const { classStatistics: statistics, ...head } = withHead({ ...model, weights }, labels, initial);
  const keepsStatistics = model.isEmbedding === true || headChange(model.labels, labels) !== 'replaced';
  const isNarrowed = model.labels.some((label) => !labels.includes(label));
  return {
    ...rest,
    ...head,
    ...(detector && !isNarrowed && { detector }), // it would go on accepting inputs of the classes that are gone
    ...(statistics && keepsStatistics && { classStatistics: statistics }),
  };
}

/**
 * A model's parts that depend on its classes, for `labels`: what it has of a class is kept.
 * @param initial The head's weights [features, labels] and bias [labels], for classes that it has nothing of.
 */
export function withHead(
  { spec, labels: known, weights, classStatistics }: Model,
  labels: readonly string[],
  initial: Weights,
): Pick<Model, 'spec' | 'labels' | 'weights' | 'classStatistics'> {
  const places = labels.map((label) => known.indexOf(label));
  const result = new Map(weights);
  for (const name of [`${headName(spec)}.weight`, `${headName(spec)}.bias`]) {
    const old = weights.get(name);
    const next = initial.get(name);
    if (!old || !next) continue; // a head without bias
    copyClasses(old.data, known.length, next.data, places);
    result.set(name, next);
  }
  return {
    spec: withClasses(spec, labels.length),
    labels: [...labels],
    weights: result,
    ...(classStatistics && {
      classStatistics: { ...classStatistics, means: places.map((place) => classStatistics.means[place]) },
    }),
  };
}

/** Copies classes of a head [rows, width] into one of [rows, places.length]; those at -1 are left as they are. */
function copyClasses(from: Float32Array, width: number, to: Float32Array, places: readonly number[]): void {
  for (let row = 0; row * width < from.length; row++)
    places.forEach((place, i) => {
      const value = place < 0 ? undefined : from[row * width + place];
      if (value !== undefined) to[row * places.length + i] = value;
    });
}
