import type { Model } from '../models/model.js';
import { plan } from '../models/spec.js';
import type { Plan } from '../models/spec.js';
import type { FineTuneReport } from '../types.js';
import { createAugment } from './augment.js';
import { classIndices, stratifiedSplit } from './dataset.js';
import type { Dataset, Split } from './dataset.js';
import type { FineTuneTask, LabelledInputs } from './finetune.js';
import { isSilent, silence, targetLabels, withLabels } from './head.js';
import { canRecall } from './newclasses.js';
import type { Circumstances } from './newclasses.js';
import { recipe } from './recipe.js';
import type { Situation, TuneOptions } from './recipe.js';

/** So many of each class, all read right before learning, say that there is nothing to learn. */
const ENOUGH_TO_MASTER = 5;

/** All that is settled about a fine-tune before a network computes anything. */
export interface Outset {
  /** A copy of the model with the head that it will have. */
  model: Model;
  head: FineTuneReport['head'];
  thePlan: Plan;
  /** For each label, whether the model has not known it, or has had no samples of it. */
  isNew: boolean[];
  /** There are samples of new labels. */
  isTaught: boolean;
  /** Known labels without samples. */
  forgotten: string[];
  /** New labels without samples. */
  untaught: string[];
  /** All samples, as inputs of the whole network. */
  all: Dataset;
  /** Samples to validate on, if the caller gave some. */
  validation: Dataset | undefined;
  split: Split;
  /** First top-level layer that learns. */
  from: number;
  /** New classes find their place beside what the model remembers of those it knows. */
  recalls: boolean;
  /** Settings are the caller's own, so nothing is left undone that they ask for. */
  isAsked: boolean;
  /** How things are, but for how much is read right. */
  situation: Situation;
  options: TuneOptions;
  circumstances: Circumstances;
}

/** @throws {HandfulError} `bad-argument` for options or labels that make no sense. */
export function outset({ model: known, samples, validation, options, signal }: FineTuneTask): Outset {
  const labels = options.labels ?? targetLabels(known.labels, samples.labels);
  const { model, head } = withLabels(known, labels, options.seed ?? 0);
  const fresh = known.fresh === true;
  const present = new Set(samples.labels);
  const isNew = labels.map((label) => !known.labels.includes(label) || isSilent(known, label));
  const isTaught = labels.some((label, at) => isNew[at] && present.has(label));
  const untaught = labels.filter((label, at) => isNew[at] && !present.has(label));
  if (!fresh) silence(model, untaught);
  const isAsked = options.epochs !== undefined || options.learningRate !== undefined || options.layers !== undefined;
  const recalls = isTaught && !fresh && !isAsked && canRecall(model, isNew);
  const thePlan = plan(model.spec);
  const situation: Situation = {
    samples: samples.labels.length,
    present: present.size,
    labels: labels.length,
    fresh,
    newHead: isTaught && !recalls,
    normalised: thePlan.parameters.some(({ kind }) => kind === 'runningMean'),
    right: 0,
    augmentable: model.preprocess.kind !== 'none',
  };
  const effective = validation ? { ...options, validation: 0 } : options;
  const { augment, layers, validation: share, seed } = recipe(effective, situation);
  const from = firstLearning(thePlan, layers);
  const all = asDataset(samples, labels, 'Sample');
  const given = validation && asDataset(validation, labels, 'Validation sample');
  const split = stratifiedSplit(all.classes, share, seed);
  return {
    model,
    head,
    thePlan,
    isNew,
    isTaught,
    untaught,
    forgotten: fresh ? [] : labels.filter((label, at) => !isNew[at] && !present.has(label)),
    all,
    validation: given,
    split,
    from,
    recalls,
    isAsked,
    situation,
    options: effective,
    circumstances: {
      augment: augment ? createAugment(model.spec.input, model.preprocess, augment === true ? {} : augment) : undefined,
      from: augment ? 0 : from,
      seed,
      signal,
    },
  };
}

/** Whether there is nothing to learn. @param right Share of the samples that are read right. */
export function isMasteredAt({ isTaught, isAsked, situation, options }: Outset, right: number): boolean {
  const isEnough = situation.samples >= ENOUGH_TO_MASTER * situation.present;
  return !isTaught && right === 1 && isEnough && !isAsked && options.keep !== 'always';
}

/** Whether new classes are all there is to learn, and found their place already: more would be at the others' cost. */
export function isDoneAt(
  { head, forgotten, isNew, isTaught, recalls, isAsked, situation }: Outset,
  right: number,
): boolean {
  const isKnownPresent = forgotten.length < isNew.filter((yes) => !yes).length;
  if (recalls) return !isKnownPresent || right === 1;
  return isTaught && head !== 'replaced' && !situation.fresh && !isKnownPresent && !isAsked;
}

function asDataset({ inputs, labels }: LabelledInputs, known: readonly string[], what: string): Dataset {
  return { inputs, classes: classIndices(labels, known, what) };
}

/** The first top-level layer that learns, if `layers` counts those with weights from the end. */
function firstLearning({ parameters }: Plan, layers: 'all' | 'head' | number): number {
  if (layers === 'all') return 0;
  const withWeights = [...new Set(parameters.map(({ layer }) => layer))];
  const index = withWeights.length - (layers === 'head' ? 1 : layers);
  return index <= 0 ? 0 : withWeights[index]!;
}
