import type { AugmentOptions, OptimizerName, ScheduleName } from '../../types.js';
import type { Facts } from './facts.js';

/** How long training lasts: so many epochs; or as many as make so many steps, from 8 to `mostEpochs`. */
export type Length =
  | { epochs: number }
  | {
      steps: number;
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

/** What is chosen where the options say nothing. */
export interface Defaults {
  /** From so many samples of each class on, a fifth of them is held back. */
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
  /** When it applies, in words. */
  when: string;
  /** @param accuracy Share of the samples read right before learning; 0 if the network or its head is new. */
  applies(facts: Facts, accuracy: number): boolean;
  sets: Partial<Defaults>;
  because: string;
}

const isFew = ({ isFresh, isHeadNew, samples, present }: Facts): boolean =>
  !isFresh && !isHeadNew && samples < 5 * present;
const readsMost = ({ hasBatchNorm, isFresh }: Facts, accuracy: number): boolean =>
  hasBatchNorm && !isFresh && accuracy > 0.75;

/** The first row, which always applies. */
const USUAL: Defaults = {
  holdBackFrom: 5,
  refitBelow: 200,
  layers: 'all',
  length: { steps: 300, mostEpochs: 30 },
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

/** The defaults: rows apply from first to last, and later ones replace what earlier ones set; factors are multiplied. */
export const REGIMES: readonly Regime[] = [
  {
    when: 'always',
    applies: () => true,
    sets: USUAL,
    because:
      "Small steps forget little. One person's drawings differ less than a dataset's, so variants are weaker too. " +
      'Classes without samples can only be forgotten: the fewer have some, the smaller the steps.',
  },
  {
    when: 'fewer than 5 samples of each class, no new head',
    applies: isFew,
    sets: { layers: 3, length: { epochs: 60 }, learningRateFactor: 0.5 },
    because: 'So few samples say little about the lower layers, and holding some back would take more than it tells.',
  },
  {
    when: 'new head',
    applies: ({ isFresh, isHeadNew }) => !isFresh && isHeadNew,
    sets: { length: { steps: 240, mostEpochs: 120 } },
    because: 'It begins as prototypes, close to where it ends.',
  },
  {
    when: 'new head, fewer than 20 samples of each class',
    applies: ({ isFresh, isHeadNew, samples, classes }) => !isFresh && isHeadNew && samples < 20 * classes,
    sets: { layers: 3 },
    because: 'The layers below are better than so few samples could make them.',
  },
  {
    when: 'batch norm',
    applies: ({ hasBatchNorm }) => hasBatchNorm,
    sets: { augment: true },
    because: 'Its statistics follow samples of little variety too far.',
  },
  {
    when: 'batch norm, 5 samples of each class or more, over 75 % of them read right',
    applies: (facts, accuracy) => readsMost(facts, accuracy) && !isFew(facts),
    sets: { length: { steps: 200, mostEpochs: 70 }, learningRateFactor: 0.15 },
    because: 'As its statistics move too, every step goes further: smaller ones learn as much and forget less.',
  },
  {
    when: 'batch norm, fewer than 5 samples of each class, over 75 % of them read right',
    applies: (facts, accuracy) => readsMost(facts, accuracy) && isFew(facts),
    sets: { learningRateFactor: 0.4 },
    because: 'The same; the steps of few samples are smaller already.',
  },
  {
    when: 'all samples read right',
    applies: ({ isFresh }, accuracy) => !isFresh && accuracy === 1,
    sets: { learningRateFactor: 0.25 },
    because: 'There is little to learn, and something to lose.',
  },
  {
    when: 'network that was never trained',
    applies: ({ isFresh }) => isFresh,
    sets: {
      holdBackFrom: 50,
      length: { steps: 2400, mostEpochs: 120, growsFrom: 160 },
      batchSize: 8,
      optimizer: 'adamw',
      optimizers: { ...OPTIMIZERS, adamw: { learningRate: 0.003, weightDecay: 0.1 } },
      isRateByShare: false,
      schedule: 'one-cycle',
      labelSmoothing: 0.1,
      augment: true,
    },
    because:
      'It has nothing to forget, and nothing but the samples: large steps in one cycle taught the most in the least time, ' +
      'on 160 training images of MNIST and others held back.',
  },
  {
    when: 'batch norm, one sample',
    applies: ({ hasBatchNorm, samples }) => hasBatchNorm && samples === 1,
    sets: { layers: 'head' },
    because: 'One example has no variance for batch norm to go by.',
  },
];

/** The defaults for a fine-tune. @param accuracy Share of the samples read right; 0 if the network or its head is new. */
export function defaultsFor(facts: Facts, accuracy: number): Defaults {
  const sets = REGIMES.filter(({ applies }) => applies(facts, accuracy)).map((regime) => regime.sets);
  const learningRateFactor = sets.reduce((product, each) => product * (each.learningRateFactor ?? 1), 1);
  return Object.assign({ ...USUAL }, ...sets, { learningRateFactor }) as Defaults;
}
