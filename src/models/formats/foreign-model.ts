import { toHandfulError } from '../../errors.js';
import { badModel, quote } from '../../common/messages.js';
import { sizeOf } from '../../common/shapes.js';
import type { Preprocessing, Spec } from '../../types.js';
import { diskShape, toMemoryLayout } from '../files/layout.js';
import { assembleModel, type GivenModelParts } from '../files/model-file.js';
import { findUnusable } from '../files/state-dict.js';
import { lower, type Architecture } from '../lowering/lower.js';
import type { Model, Weights } from '../model.js';

/** A tensor of another format's file, as numbers. */
export interface ForeignTensor {
  shape: readonly number[];
  data: Float32Array;
}

/** What a reader makes of another format's file. */
export interface ForeignModel {
  spec: Spec;
  /** By the names of the spec's parameters, each of the shape that `layout` has. */
  tensors: ReadonlyMap<string, ForeignTensor>;
  /** `pytorch`: as in a state_dict, outputs first. `handful`: as `WeightArray`s, outputs last. */
  layout: 'pytorch' | 'handful';
  /** Where the file knows them. */
  labels?: readonly string[];
  preprocess?: Preprocessing;
  /** The file does not say how inputs are prepared: `preprocess` is what files of its kind usually take. */
  preprocessAssumed?: boolean;
  /** What only handful writes: metadata by the keys of its own files, such as `temperature`. */
  metadata?: Readonly<Record<string, string>>;
  /** What was left out or changed, one sentence each. */
  notes: readonly string[];
}

/**
 * Fetches a file beside the one that names it.
 * @param share Of all that is fetched so, from 0 to 1, by which progress is told. Default 1.
 * @throws {HandfulError} `not-found`, `network`, `aborted`.
 */
export type FetchBeside = (path: string, share?: number) => Promise<Uint8Array>;

/**
 * Reads a file of another format.
 * @param beside Undefined where the file has no address.
 * @throws {HandfulError} `bad-model` if it is damaged, or naming what handful has no layer for; as `beside`.
 */
export type Reader = (bytes: Uint8Array, beside?: FetchBeside) => ForeignModel | Promise<ForeignModel>;

/** Writes a model in another format. @throws {HandfulError} `bad-argument` for what that cannot hold. */
export type Writer = (model: Model) => Uint8Array<ArrayBuffer>;

/**
 * The model that another format's file holds. What is given overrides what the file says; a given spec is one of the
 * same parameters.
 * @throws {HandfulError} `bad-model`, `bad-argument`.
 */
export function toModel(foreign: ForeignModel, given: GivenModelParts): Model {
  const { labels, preprocess, preprocessAssumed, metadata, notes } = foreign;
  const architecture = given.spec ? lower(given.spec) : architectureOf(foreign.spec);
  const isAssumed = metadata?.preprocess === undefined && (preprocessAssumed || preprocess === undefined);
  const file = {
    ...(labels && { labels: JSON.stringify(labels) }),
    ...(preprocess && { preprocess: JSON.stringify(preprocess) }),
    ...metadata,
  };
  const model = assembleModel(architecture, toWeights(foreign, architecture), file, given, isAssumed);
  return { ...model, ...(notes.length > 0 && { notes: [...notes] }) };
}

function architectureOf(spec: Spec): Architecture {
  try {
    return lower(spec);
  } catch (error) {
    return badModel(`The network of the model file makes no sense: ${toHandfulError(error).message}`, error);
  }
}

function toWeights({ tensors, layout }: ForeignModel, { spec, parameters }: Architecture): Weights {
  return new Map(
    parameters.map((parameter) => {
      const { name } = parameter;
      const expected = layout === 'pytorch' ? diskShape(parameter) : parameter.shape;
      const { shape, data } = tensors.get(name) ?? badModel(`The model file has no ${quote(name)} for ${spec.name}.`);
      if (String(shape) !== String(expected) || data.length !== sizeOf(expected))
        badModel(`The weights ${quote(name)} in the model file are ${quote(shape)}; expected ${quote(expected)}.`);
      const values = layout === 'pytorch' ? toMemoryLayout(data, parameter) : data.slice();
      const wrong = findUnusable(values, parameter);
      if (wrong) badModel(`The weights ${quote(name)} in the model file hold ${wrong}.`);
      return [name, { shape: [...parameter.shape], data: values }];
    }),
  );
}
