import { HandfulError } from '../errors.js';
import { initialise } from '../models/initialise.js';
import { copyWeights } from '../models/model.js';
import type { Model } from '../models/model.js';
import { quote } from '../common/messages.js';
import { headName, plan, withClasses } from '../models/spec.js';
import type { FineTuneReport } from '../types.js';

export interface HeadChange {
  model: Model;
  head: FineTuneReport['head'];
}

/**
 * The classes a fine-tuned network should tell apart. Labels it knows keep its head. One or more new labels among
 * known ones widen it. New labels alone replace it, if there are at least two: a single class would tell nothing.
 */
export function targetLabels(known: readonly string[], given: readonly string[]): string[] {
  const fresh = [...new Set(given)].filter((label) => !known.includes(label));
  if (fresh.length === 0) return [...known];
  const replaced = fresh.length > 1 && !given.some((label) => known.includes(label));
  return replaced ? fresh : [...known, ...fresh];
}

/**
 * A copy of a model whose head answers `labels`; classes that it knew keep their weights, others start as untrained.
 * @throws {HandfulError} `bad-argument` for labels that repeat or are too few.
 */
export function withLabels(model: Model, labels: readonly string[], seed: number): HeadChange {
  if (labels.length === 0 || new Set(labels).size !== labels.length)
    throw new HandfulError('bad-argument', `Labels are a list of different names; got ${quote(labels)}.`);
  const weights = copyWeights(model.weights);
  if (isSame(labels, model.labels)) return { model: { ...model, weights }, head: 'kept' };

  const spec = withClasses(model.spec, labels.length);
  const dense = headName(spec);
  const initial = initialise(plan(spec), seed);
  const columns = labels.map((label) => model.labels.indexOf(label));
  for (const name of [`${dense}.weight`, `${dense}.bias`]) {
    const old = model.weights.get(name);
    const next = initial.get(name);
    if (!old || !next) continue; // a head without bias
    copyColumns(old.data, model.labels.length, next.data, columns);
    weights.set(name, next);
  }
  const known = columns.filter((column) => column >= 0).length;
  const { familiarity, memory, ...rest } = model;
  const isNarrowed = known < model.labels.length;
  const head = known === labels.length ? 'kept' : isNarrowed ? 'replaced' : 'extended';
  return {
    model: {
      ...rest,
      spec,
      labels: [...labels],
      weights,
      ...(familiarity && !isNarrowed && { familiarity }), // the judge knows the classes of old alone
      ...(memory &&
        head !== 'replaced' && { memory: { ...memory, means: columns.map((column) => memory.means[column]) } }),
    },
    head,
  };
}

/** Whether labels are the same, in the same order. */
export const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((label, i) => label === b[i]);

/** The bias of a class that has had no samples yet: it is never the answer, and no gradient reaches it. */
const SILENT = -1000;

/** Keeps untrained columns of a head from being the answer by chance. */
export function silence({ spec, labels, weights }: Model, untaught: readonly string[]): void {
  const matrix = weights.get(`${headName(spec)}.weight`)!.data;
  const bias = weights.get(`${headName(spec)}.bias`)?.data;
  for (const column of untaught.map((label) => labels.indexOf(label))) {
    for (let at = column; at < matrix.length; at += labels.length) matrix[at] = 0;
    if (bias) bias[column] = SILENT;
  }
}

/** Whether a label of a model's is one of those that have had no samples yet. */
export function isSilent({ spec, labels, weights }: Model, label: string): boolean {
  return weights.get(`${headName(spec)}.bias`)?.data[labels.indexOf(label)] === SILENT;
}

/** Copies columns of a matrix [rows, width] into one of [rows, columns.length]; -1 leaves a column as it is. */
function copyColumns(from: Float32Array, width: number, to: Float32Array, columns: readonly number[]): void {
  for (let row = 0; row * width < from.length; row++)
    columns.forEach((column, i) => {
      if (column >= 0) to[row * columns.length + i] = from[row * width + column]!;
    });
}
