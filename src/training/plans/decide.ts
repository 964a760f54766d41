import type { Facts } from './facts.js';
import { chooseSettings } from './settings.js';
import type { Settings } from './settings.js';
import type { TuneOptions } from './task.js';

/** So many samples of each class, all read right before learning, say that there is nothing to learn. */
const ENOUGH_SOLVED = 5;

/** So many samples of each class, all new, are worth more than places by their means. */
const ENOUGH_TO_TRAIN = 10;

/** What a fine-tune does. */
export type FineTuningPlan = { settings: Settings } & (
  | { kind: 'already-solved' }
  /** New classes alone learn, and have their weights already; of what was held back too if `refit`. */
  | { kind: 'new-classes'; refit: boolean }
  | { kind: 'train' }
  /** Train, and if that is better on what was held back, train again on all samples. */
  | { kind: 'train-and-refit' }
);

/**
 * What to do, once new classes have their first weights.
 * @param accuracy Share of the samples that are read right with these; 0 if the network or its head is new.
 */
export function decide(facts: Facts, options: TuneOptions, accuracy: number): FineTuningPlan {
  const settings = chooseSettings(options, facts, accuracy);
  if (isSolved(facts, settings, accuracy)) return { kind: 'already-solved', settings };
  if (areNewClassesAll(facts, accuracy)) return { kind: 'new-classes', settings, refit: settings.refit };
  return { kind: settings.refit ? 'train-and-refit' : 'train', settings };
}

/** Whether there is nothing to learn. */
function isSolved({ samples, present, newLabels, isAsked }: Facts, { keep }: Settings, accuracy: number): boolean {
  const isEnough = samples >= ENOUGH_SOLVED * present;
  return newLabels.length === 0 && accuracy === 1 && isEnough && !isAsked && keep !== 'always';
}

/** Whether new classes are all there is to learn: more training would be at the others' cost. */
function areNewClassesAll(facts: Facts, accuracy: number): boolean {
  const { newLabels, samples, present, classes, replays, head, isFresh, isAsked } = facts;
  if (newLabels.length === 0) return false;
  if (replays && newLabels.length === classes) return samples < ENOUGH_TO_TRAIN * present;
  const areKnownPresent = present > newLabels.length;
  if (replays) return !areKnownPresent || accuracy === 1;
  return head !== 'replaced' && !isFresh && !areKnownPresent && !isAsked;
}
