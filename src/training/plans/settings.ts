import { checkOptions } from './check-options.js';
import type { Facts } from './facts.js';
import { defaultsFor } from './regimes.js';
import type { Length } from './regimes.js';
import type { TuneOptions } from './task.js';

/** Every option but `labels`, none undefined. */
export type Settings = { [name in keyof Omit<TuneOptions, 'labels'>]-?: Exclude<TuneOptions[name], undefined> } & {
  /** Whether what was held back is learned from too, once it has told that learning helps. */
  refit: boolean;
};

/**
 * What the caller chose, and for the rest the defaults.
 * @param options Each checked by itself.
 * @param accuracy Share of the samples that are read right before learning; 0 if the network or its head is new. Only
 *   epochs and learning rate depend on it.
 * @throws {HandfulError} `bad-argument` if they do not go together
 */
export function chooseSettings(options: TuneOptions, facts: Facts, accuracy: number): Settings {
  const defaults = defaultsFor(facts, accuracy);
  const { samples, distinct, present, classes } = facts;
  const perClass = samples / present;
  const validation = options.validation ?? (distinct >= defaults.holdBackFrom * present ? defaults.validation : 0);
  const batchSize = options.batchSize ?? defaults.batchSize;
  const layers = options.layers ?? defaults.layers;
  const optimizer = options.optimizer ?? defaults.optimizer;
  checkOptions(options, optimizer, facts.hasBatchNorm && layers !== 'head');
  const optimizerDefaults = defaults.optimizers[optimizer];
  const { learningRate, headLearningRate = learningRate, weightDecay = 0, momentum = 0 } = optimizerDefaults;
  const usualRate = layers === 'head' ? headLearningRate : learningRate;
  const { learningRateFactor: factor, isRateByShare } = defaults;
  const canVary = facts.canAugment && layers !== 'head';
  const stepsPerEpoch = Math.ceil((samples * (1 - validation)) / batchSize);
  return {
    epochs: options.epochs ?? epochsOf(defaults.length, samples, stepsPerEpoch),
    batchSize,
    optimizer,
    learningRate: options.learningRate ?? usualRate * (isRateByShare ? (factor * present) / classes : factor),
    momentum: options.momentum ?? momentum,
    centered: options.centered ?? false,
    weightDecay: options.weightDecay ?? weightDecay,
    schedule: options.schedule ?? defaults.schedule,
    labelSmoothing: options.labelSmoothing ?? defaults.labelSmoothing,
    augment: withDefaults(options.augment, canVary && defaults.augment),
    layers,
    validation,
    refit: options.validation === undefined && validation > 0 && perClass < defaults.refitBelow,
    patience: options.patience ?? defaults.patience,
    keep: options.keep ?? defaults.keep,
    seed: options.seed ?? 0,
  };
}

/** Strengths that were given, beside those of the defaults. */
function withDefaults(given: TuneOptions['augment'], usual: Settings['augment']): Settings['augment'] {
  if (given === undefined) return usual;
  return typeof given === 'object' && typeof usual === 'object' ? { ...usual, ...given } : given;
}

function epochsOf(length: Length, samples: number, stepsPerEpoch: number): number {
  if ('epochs' in length) return length.epochs;
  const { steps, leastEpochs, mostEpochs, growsFrom = Infinity } = length;
  const all = steps * Math.max(1, Math.sqrt(samples / growsFrom));
  return Math.min(mostEpochs, Math.max(leastEpochs, Math.ceil(all / stepsPerEpoch)));
}
