import { HandfulError } from '../../errors.js';
import type { Model } from '../../models/model.js';
import { lower } from '../../models/lowering/lower.js';
import type { Architecture } from '../../models/lowering/lower.js';
import { createAugment } from '../augment/create.js';
import { targetLabels, withLabels } from '../classes/head.js';
import type { ExampleOptions } from '../classes/head-features.js';
import { withoutMasked } from '../classes/masked-classes.js';
import { classIndices, stratifiedSplit, subset } from '../loop/dataset.js';
import type { Dataset, Split } from '../loop/dataset.js';
import { lookAt } from './facts.js';
import type { Facts } from './facts.js';
import { chooseSettings } from './settings.js';
import type { FineTuneTask, LabelledInputs, TuneOptions } from './task.js';

/** A fine-tune before a network computes anything: what is known of it, and what it works on. */
export interface Context {
  task: FineTuneTask;
  facts: Facts;
  /** Of the task; samples to validate on have taken the place of a share. */
  options: TuneOptions;
  /** All labels that the tuned model will have; those of masked classes are not among the model's. */
  labels: string[];
  /** A copy of the model's taught classes with the head that it will have. */
  model: Model;
  architecture: Architecture;
  /** For each label of `model`, whether it was never taught. */
  isNew: boolean[];
  /** All samples, as inputs of the whole network. */
  samples: Dataset;
  /** Samples to validate on, if the caller gave some. */
  validation: Dataset | undefined;
  split: Split;
  /** First top-level layer that learns. */
  from: number;
  /** As it is chosen before anything is computed. */
  batchSize: number;
  /** How new classes' examples are varied. */
  examples: ExampleOptions;
}

/**
 * @param task Its options are checked.
 * @param groups Of samples that are the same drawing.
 * @throws {HandfulError} `bad-argument` for labels that make no sense.
 */
export function prepare(task: FineTuneTask, groups: readonly number[][]): Context {
  const options = task.validation ? { ...task.options, validation: 0 } : task.options;
  const sampleLabels = task.samples.labels;
  const labels = targetLabels(task.model.labels, sampleLabels, options.labels);
  const known = withoutMasked(task.model);
  const present = new Set(sampleLabels);
  // A network that was never trained knows none of its labels; one label alone would tell nothing apart.
  const isBlank = task.model.fresh === true && present.size > 1;
  const taught = labels.filter((label) => present.has(label) || (!isBlank && known.labels.includes(label)));
  const samples = asDataset(task.samples, labels, taught, 'Sample');
  const validation = task.validation && asDataset(task.validation, labels, taught, 'Validation sample');

  const model = withLabels(known, taught, options.seed ?? 0);
  const isNew = taught.map((label) => !known.labels.includes(label));
  const facts = lookAt({ given: task.model, model, isNew, labels, sampleLabels, groups, options });
  const { augment: strengths, layers, validation: share, seed, batchSize } = chooseSettings(options, facts, 0);
  const architecture = lower(model.spec);
  const from = firstLearning(architecture, layers);
  const augment = strengths
    ? createAugment(model.spec.input, model.preprocess, strengths === true ? {} : strengths)
    : undefined;
  return {
    task,
    facts,
    options,
    labels,
    model,
    architecture,
    isNew,
    samples,
    validation,
    split: stratifiedSplit(samples.classes, share, seed, groups),
    from,
    batchSize,
    examples: { augment, from: augment ? 0 : from, seed, signal: task.signal },
  };
}

/** Inputs with their places among the labels that learn; those of masked classes, which cannot be read, are left out. */
function asDataset(
  { inputs, labels: own }: LabelledInputs,
  labels: readonly string[],
  taught: readonly string[],
  what: string,
): Dataset {
  const places = labels.map((label) => taught.indexOf(label)); // -1 for masked classes
  const all = { inputs, classes: classIndices(own, labels, what).map((at) => places[at] ?? -1) };
  if (!all.classes.includes(-1)) return all;
  const readable = [...all.classes.entries()].flatMap(([sample, at]) => (at >= 0 ? [sample] : []));
  if (readable.length > 0) return subset(all, readable);
  throw new HandfulError('bad-argument', `There are no samples of any label that a ${what.toLowerCase()} has.`);
}

/** The first top-level layer that learns, if `layers` counts those with weights from the end. */
function firstLearning({ parameters }: Architecture, layers: 'all' | 'head' | number): number {
  if (layers === 'all') return 0;
  const withWeights = [...new Set(parameters.map(({ layer }) => layer))];
  const learning = withWeights.slice(layers === 'head' ? -1 : -layers);
  return learning.length < withWeights.length ? (learning[0] ?? 0) : 0;
}
