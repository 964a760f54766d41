import type { Model } from '../../models/model.js';
import { lower } from '../../models/lowering/lower.js';
import { hasBatchNorm } from './check-options.js';
import type { FineTuneReport } from '../../types.js';
import { headChange } from '../classes/head.js';
import { canReplay } from '../classes/new-classes.js';
import { byClass } from '../loop/dataset.js';
import type { TuneOptions } from './task.js';

/** What there is to learn, and what is to learn it: all that the defaults and the plan depend on. */
export interface Facts {
  /** Samples to learn from and to hold back. */
  samples: number;
  /** How many different drawings they are. */
  distinct: number;
  /** How many different labels they have. */
  present: number;
  /** Whether one label has more than twice as many samples as another: both are then learned, and count, alike. */
  isUneven: boolean;
  /** How many classes learn: those of the head that are not masked. */
  classes: number;
  /** What becomes of the head's classes. */
  head: FineTuneReport['head'];
  /** Labels with samples that the network was never taught. */
  newLabels: string[];
  /** Labels without samples that the network knows. */
  absentLabels: string[];
  /** Labels without samples that the network was never taught; their classes are masked. */
  maskedLabels: string[];
  /** The network was never trained. */
  isFresh: boolean;
  /** New classes are fitted beside replayed features of the known ones, or placed among features made for new ones. */
  replays: boolean;
  /** There are new classes whose weights training has to find. */
  isHeadNew: boolean;
  hasBatchNorm: boolean;
  /** Inputs are of a kind that can be varied. */
  canAugment: boolean;
  /** Options decide how it is trained, so nothing is left undone that they ask for. */
  isAsked: boolean;
}

/** What is looked at. */
export interface Subject {
  /** The model as it was given. */
  given: Model;
  /** Its taught classes and the new ones with samples: what learns. */
  model: Model;
  /** For each label of `model`, whether the model given was never taught it. */
  isNew: readonly boolean[];
  /** All that the tuned model will have. */
  labels: readonly string[];
  /** One a sample. */
  sampleLabels: readonly string[];
  /** Of samples that are the same drawing. */
  groups: readonly number[][];
  options: TuneOptions;
}

export function lookAt({ given, model, isNew, labels, sampleLabels, groups, options }: Subject): Facts {
  const present = byClass(sampleLabels);
  const counts = [...present.values()].map(({ length }) => length);
  const isFresh = given.fresh === true;
  const newLabels = model.labels.filter((_, at) => isNew[at]);
  const isAsked = options.epochs !== undefined || options.learningRate !== undefined || options.layers !== undefined;
  const replays = newLabels.length > 0 && !isFresh && !isAsked && canReplay(model, isNew);
  const { untaught = [] } = given;
  const known = given.labels.filter((label) => labels.includes(label) || !untaught.includes(label));
  return {
    samples: sampleLabels.length,
    distinct: groups.reduce((count, group) => count - group.length + 1, sampleLabels.length),
    present: present.size,
    isUneven: Math.max(...counts) > 2 * Math.min(...counts),
    classes: model.labels.length,
    head: headChange(known, labels),
    newLabels,
    absentLabels: isFresh ? [] : model.labels.filter((label) => !present.has(label)),
    maskedLabels: labels.filter((label) => !model.labels.includes(label)),
    isFresh,
    replays,
    isHeadNew: newLabels.length > 0 && !replays,
    hasBatchNorm: hasBatchNorm(lower(model.spec)),
    canAugment: model.preprocess.kind !== 'none',
    isAsked,
  };
}
