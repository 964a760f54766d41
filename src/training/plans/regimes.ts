import type { AugmentOptions, OptimizerName, ScheduleName } from '../../types.js';
import type { Facts } from './facts.js';

/** How long training lasts: so many epochs; or as many as make so many steps, between two bounds. */
export type Length =
  | { epochs: number }
  | {
      steps: number;
      leastEpochs: number;
      mostEpochs: number;
      /** More samples than this take more steps, by the square root of how many times more they are. */
      growsFrom?: number;
    };

export interface OptimizerDefaults {
  learningRate: number;
  /** Where the head learns alone. */
  headLearningRate?: number;
  weightDecay?: number;
  momentum?: number;
}

/** What is chosen where the options say nothing. Numbers of samples of each class are averages over those present. */
export interface Defaults {
  /** Share of each class that is held back, from so many samples of each class on. */
  validation: number;
  holdBackFrom: number;
  /** With fewer samples of each class than this, what was held back is learned from in the end. */
  refitBelow: number;
  layers: 'all' | 'head' | number;
  length: Length;
  batchSize: number;
  optimizer: OptimizerName;
  optimizers: Record<OptimizerName, OptimizerDefaults>;
  /** On the learning rate. */
  learningRateFactor: number;
  /** Whether the learning rate is also multiplied by the share of the classes that have samples. */
  isRateByShare: boolean;
  schedule: ScheduleName;
  labelSmoothing: number;
  /** Where inputs can be varied and more than the head learns. */
  augment: boolean | AugmentOptions;
  patience: number;
  keep: 'better' | 'always';
}

/** PyTorch users' usual learning rates. */
export const OPTIMIZERS: Record<OptimizerName, OptimizerDefaults> = {
  sgd: { learningRate: 0.05 },
  momentum: { learningRate: 0.01, momentum: 0.9 },
  nesterov: { learningRate: 0.01, momentum: 0.9 },
  rmsprop: { learningRate: 0.001, headLearningRate: 0.01 },
  adagrad: { learningRate: 0.01 },
  adadelta: { learningRate: 1 },
  adam: { learningRate: 0.001, headLearningRate: 0.01 },
  adamw: { learningRate: 0.001, headLearningRate: 0.01, weightDecay: 0.01 },
};

/** One row of the table of defaults. */
export interface Regime {
  /** @param accuracy Share of the samples read right before learning; 0 if the network or its head is new. */
  applies(facts: Facts, accuracy: number): boolean;
  sets: Partial<Defaults>;
}

const isFew = ({ isFresh, isHeadNew, samples, present }: Facts): boolean =>
  !isFresh && !isHeadNew && samples < 5 * present;
/** None of its classes is without samples that would keep it from being forgotten. */
const isFewOfAll = (facts: Facts): boolean => isFew(facts) && !facts.hasBatchNorm && facts.present === facts.classes;
const readsMost = ({ hasBatchNorm, isFresh }: Facts, accuracy: number): boolean =>
  hasBatchNorm && !isFresh && accuracy > 0.75;

/** Nothing but new labels: what the network knew of its own is not asked for any more. */
const isAllNew = ({ isFresh, isHeadNew, newLabels, classes }: Facts): boolean =>
  !isFresh && isHeadNew && newLabels.length === classes;

/** Large steps in one cycle, for what has nothing to forget. */
const ANEW: Partial<Defaults> = {
  layers: 'all',
  length: { steps: 2400, leastEpochs: 8, mostEpochs: 120, growsFrom: 160 },
  batchSize: 8,
  optimizer: 'adamw',
  optimizers: { ...OPTIMIZERS, adamw: { learningRate: 0.003, weightDecay: 0.1 } },
  isRateByShare: false,
  schedule: 'one-cycle',
  labelSmoothing: 0.1,
  augment: true,
};

/** The first row, which always applies. */
const USUAL: Defaults = {
  validation: 0.2,
  holdBackFrom: 5,
  refitBelow: 200,
  layers: 'all',
  length: { steps: 300, leastEpochs: 8, mostEpochs: 30 },
  batchSize: 16,
  optimizer: 'adam',
  optimizers: OPTIMIZERS,
  learningRateFactor: 1,
  isRateByShare: true,
  schedule: 'cosine',
  labelSmoothing: 0,
  augment: { strength: 0.7 },
  patience: 0,
  keep: 'better',
};

/**
 * The defaults: rows apply from first to last, and later ones replace what earlier ones set; factors are multiplied. Above
 * each is when it applies, and after a colon why; the table in docs/teach.md has both from here.
 */
export const REGIMES: readonly Regime[] = [
  /**
   * Always: small steps forget little. One person's drawings differ less than a dataset's, so variants are weaker too.
   * Classes without samples can only be forgotten: the fewer have some, the smaller the steps.
   */
  { applies: () => true, sets: USUAL },
  /**
   * Fewer than 5 samples of each class, no new head: so few samples say little about the lower layers, and holding some
   * back would take more than it tells.
   */
  { applies: isFew, sets: { layers: 3, length: { epochs: 60 }, learningRateFactor: 0.5 } },
  /**
   * The same, some of every class, no batch norm: no class is left out that could be forgotten, so it may learn for longer:
   * by one drawing of each digit of four people, 98.8 % of their others are read, and 98.4 % after as few, smaller steps.
   */
  { applies: isFewOfAll, sets: { length: { steps: 300, leastEpochs: 60, mostEpochs: 150 } } },
  /** New classes among those it knows: they begin as prototypes, close to where they end. */
  {
    applies: ({ isFresh, isHeadNew }) => !isFresh && isHeadNew,
    sets: { length: { steps: 240, leastEpochs: 8, mostEpochs: 120 } },
  },
  /** The same, fewer than 20 samples of each class: the layers below are better than so few samples could make them. */
  {
    applies: ({ isFresh, isHeadNew, samples, classes }) => !isFresh && isHeadNew && samples < 20 * classes,
    sets: { layers: 3 },
  },
  /** Batch norm: its statistics follow samples of little variety too far. */
  { applies: ({ hasBatchNorm }) => hasBatchNorm, sets: { augment: true } },
  /**
   * Batch norm, 5 samples of each class or more, over 75 % of them read right: as its statistics move too, every step
   * goes further: smaller ones learn as much and forget less.
   */
  {
    applies: (facts, accuracy) => readsMost(facts, accuracy) && !isFew(facts),
    sets: { length: { steps: 200, leastEpochs: 8, mostEpochs: 70 }, learningRateFactor: 0.15 },
  },
  /**
   * Batch norm, fewer than 5 samples of each class, over 75 % of them read right: the same; the steps of few samples
   * are smaller already.
   */
  {
    applies: (facts, accuracy) => readsMost(facts, accuracy) && isFew(facts),
    sets: { learningRateFactor: 0.4 },
  },
  /** All samples read right, unless they are few and of every class: there is little to learn, and something to lose. */
  {
    applies: (facts, accuracy) => !facts.isFresh && accuracy === 1 && !isFewOfAll(facts),
    sets: { learningRateFactor: 0.25 },
  },
  /**
   * New labels alone, in place of all that it knew: it has nothing to forget either. On letters by many people (1, 5 and 16
   * of each) the recipe of a network that was never trained did better, on these weights, than smaller steps of fewer
   * layers, and than without these weights.
   */
  { applies: isAllNew, sets: ANEW },
  /**
   * Network that was never trained: it has nothing to forget, and nothing but the samples: large steps in one cycle
   * taught the most in the least time, on 160 training images of MNIST and others held back.
   */
  {
    applies: ({ isFresh }) => isFresh,
    sets: { ...ANEW, holdBackFrom: 50 },
  },
  /** Batch norm, one sample: one example has no variance for batch norm to go by. */
  {
    applies: ({ hasBatchNorm, samples }) => hasBatchNorm && samples === 1,
    sets: { layers: 'head' },
  },
];

/** The defaults for a fine-tune. @param accuracy Share of the samples read right; 0 if the network or its head is new. */
export function defaultsFor(facts: Facts, accuracy: number): Defaults {
  const sets = REGIMES.filter(({ applies }) => applies(facts, accuracy)).map((regime) => regime.sets);
  const learningRateFactor = sets.reduce((product, each) => product * (each.learningRateFactor ?? 1), 1);
  return Object.assign({ ...USUAL }, ...sets, { learningRateFactor }) as Defaults;
}
