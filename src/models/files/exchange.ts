// Weights as they are exchanged with others: by a state_dict's names, in its order and PyTorch's layout.

import { HandfulError } from '../../errors.js';
import { listed, quote } from '../../common/messages.js';
import { sizeOf } from '../../common/shapes.js';
import { lower } from '../lowering/lower.js';
import type { Architecture, Parameter } from '../lowering/lower.js';
import { untaughtByBias } from '../masked-classes.js';
import type { Model, Weights } from '../model.js';
import { headName } from '../spec.js';
import { toDiskLayout, toMemoryLayout } from './layout.js';
import { findUnusable, isCounter } from './state-dict.js';

/** A copy of all weights, each flat. */
export function weightsOf({ spec, weights }: Model): Record<string, Float32Array> {
  return Object.fromEntries(
    lower(spec).parameters.map((parameter) => {
      const { name } = parameter;
      return [name, toDiskLayout(weights.get(name)?.data ?? [], parameter)];
    }),
  );
}

/**
 * A model of other weights. What it knows of itself stays as far as it is told by layers that are the same.
 * @param given Numbers by name, of whatever type of array.
 * @throws {HandfulError} `bad-argument` naming what is missing, unknown, of another length or not finite.
 */
export function withWeights(model: Model, given: object | null): Model {
  if (typeof given !== 'object' || given === null) return refuse(`Weights are numbers by name; got ${quote(given)}.`);
  const architecture = lower(model.spec);
  const weights = readWeights(architecture, new Map(Object.entries(given)));
  const changed = architecture.parameters.filter(({ name }) => !isSame(weights, model.weights, name));
  const [lowest = Infinity] = changed.map(({ layer }) => layer).sort((a, b) => a - b);
  if (lowest === Infinity) return model;
  const { spec, labels, preprocess, loss, notes, detector, classStatistics, isEmbedding } = model;
  const untaught = untaughtByBias(weights, headName(spec), labels);
  const head = spec.layers.length - 1;
  return {
    ...{ spec, labels, preprocess, weights },
    ...(loss && { loss }),
    ...(notes && { notes }),
    ...(untaught.length > 0 && untaught.length < labels.length && { untaught }),
    ...(lowest >= head && classStatistics && { classStatistics }),
    ...(lowest >= head && isEmbedding && { isEmbedding }),
    ...(detector && lowest >= detector.layer && { detector }),
    // Of the input alone: what it learned since lies among features that are others now.
    ...(detector?.takes === 'input' && lowest < detector.layer && { detector: { ...detector, regions: [] } }),
  };
}

function isSame(some: Weights, others: Weights, name: string): boolean {
  const other = others.get(name)?.data;
  return some.get(name)?.data.every((value, i) => value === other?.[i]) === true;
}

function readWeights({ parameters }: Architecture, given: Map<string, unknown>): Weights {
  const known = new Set(parameters.map(({ name }) => name));
  const missing = parameters.filter(({ name }) => !given.has(name)).map(({ name }) => quote(name));
  const unknown = [...given.keys()].filter((name) => !known.has(name) && !isCounter(name)).map((name) => quote(name));
  if (missing.length > 0 || unknown.length > 0)
    refuse(`Weights come by the names of the network's; missing: ${listed(missing)}; unknown: ${listed(unknown)}.`);
  return new Map(
    parameters.map((parameter) => {
      const { name, shape } = parameter;
      const data = toMemoryLayout(readNumbers(given.get(name), parameter), parameter);
      const wrong = findUnusable(data, parameter);
      if (wrong) refuse(`The weights ${quote(name)} hold ${wrong}.`);
      return [name, { shape: [...shape], data }];
    }),
  );
}

function readNumbers(values: unknown, { name, shape }: Parameter): ArrayLike<number> {
  const length = sizeOf(shape);
  if (!isNumbers(values))
    return refuse(`The weights ${quote(name)} are a list of ${length} numbers; got ${quote(values)}.`);
  if (values.length !== length) refuse(`The weights ${quote(name)} are ${length} numbers; got ${values.length}.`);
  return values;
}

function isNumbers(values: unknown): values is ArrayLike<number> {
  if (Array.isArray(values)) return values.every((value) => typeof value === 'number');
  return ArrayBuffer.isView(values) && /^(Float|U?int)\d+/i.test(values.constructor.name);
}

function refuse(message: string): never {
  throw new HandfulError('bad-argument', message);
}
