import { HandfulError } from '../errors.js';
import { badOption } from '../common/messages.js';
import type { FineTuneOptions, OptimizerName, ScheduleName, Score } from '../types.js';

/** Options of a fine-tune as they cross to the worker: validation samples, signal and callbacks travel apart. */
export type TuneOptions = Omit<FineTuneOptions, 'validation' | 'signal' | 'onProgress' | 'labels'> & {
  validation?: number | undefined;
  labels?: string[] | undefined;
};

/** What the defaults depend on. */
export interface Situation {
  /** How many there are to learn from and to hold back. */
  samples: number;
  /** How many different labels the samples have, and how many the network tells apart. */
  present: number;
  labels: number;
  /** The network was never trained. */
  fresh: boolean;
  /** The head's weights are new. */
  newHead: boolean;
  /** The network has batch norm. */
  normalised: boolean;
  /** Share of the samples that are read right before learning; 0 if the network or its head is new. */
  right: number;
  /** Inputs of a kind that can be varied. */
  augmentable: boolean;
}

/** Every option but `labels`, none undefined. */
export type Recipe = { [name in keyof Omit<TuneOptions, 'labels'>]-?: Exclude<TuneOptions[name], undefined> } & {
  /** Whether what was held back is learned from too, once it has told that learning helps. */
  refit: boolean;
};

// Fewer samples a class than this, and holding some back would take more from learning than it tells. A network that
// was never trained has nothing but them.
const enoughToHoldBack = (fresh: boolean): number => (fresh ? 50 : 5);

/** Who reads this share of the samples right has little to learn, and something to lose. */
const MOST = 0.75;
/** Factor on the steps where all samples are read right. */
const CAUTION = 0.25;

/** So many samples a class are enough to learn from though some are held back for good. */
const PLENTY = 200;

const RATES: Record<OptimizerName, number> = {
  sgd: 0.05,
  momentum: 0.01,
  nesterov: 0.01,
  rmsprop: 0.001,
  adagrad: 0.01,
  adadelta: 1,
  adam: 0.001,
  adamw: 0.001,
};
const SCHEDULES: readonly ScheduleName[] = ['constant', 'linear', 'cosine', 'one-cycle'];

/** What teaches a network from nothing in the least time, chosen on 160 training images of MNIST and others held back. */
const FRESH = { optimizer: 'adamw', learningRate: 0.003, weightDecay: 0.1, labelSmoothing: 0.1 } as const;

/**
 * Somebody's own drawings differ less from each other than those a network learns from at first; but with batch norm a
 * network that sees little variety follows it too far.
 */
const TUNED_AUGMENT = { strength: 0.7 };

/**
 * A whole recipe: what the caller gave, checked, and for the rest what suits the situation. A network that was never
 * trained takes large steps, in one cycle. A trained one takes small steps so as not to forget, and of very few samples
 * only its last layers learn, with smaller ones still; with a new head, too, only the last layers learn from few, because
 * those below are better than so few samples could make them.
 * @throws {HandfulError} `bad-argument` naming the option, what came and what was expected.
 */
export function recipe(
  options: TuneOptions,
  { samples, present, labels, fresh, newHead, normalised, right, augmentable }: Situation,
): Recipe {
  check(options);
  const perLabel = samples / present;
  const held = options.validation ?? (perLabel >= enoughToHoldBack(fresh) ? 0.2 : 0);
  const batchSize = options.batchSize ?? (fresh ? 8 : 16);
  const stepsPerEpoch = Math.ceil((samples * (1 - held)) / batchSize);
  const epochsFor = (steps: number, most: number) => Math.min(most, Math.max(8, Math.ceil(steps / stepsPerEpoch)));
  const isFew = !fresh && !newHead && perLabel < 5;
  // One example has no variance that batch norm could go by, so nothing with batch norm may learn from it.
  const isLone = normalised && samples === 1;
  const layers =
    options.layers ?? (isLone ? 'head' : isFew || (newHead && !fresh && samples < 20 * labels) ? 3 : 'all');
  const optimizer = options.optimizer ?? (fresh ? FRESH.optimizer : 'adam');
  const isFreshDefault = fresh && optimizer === FRESH.optimizer;
  const usual = isFreshDefault ? FRESH.learningRate : RATES[optimizer];
  // Statistics of batch norm follow the few samples, away from what the network knew, so that every step goes further:
  // smaller ones, more of them and samples varied more learn as much and forget less.
  const isFar = normalised && right > MOST;
  const caution = (isFar ? (isFew ? 0.2 : 0.15) : isFew ? 0.5 : 1) * (right === 1 ? CAUTION : 1);
  // Classes without samples can only be forgotten: the fewer are present, the smaller the steps.
  const gentle = fresh ? 1 : (caution * present) / labels;
  return {
    epochs:
      options.epochs ??
      (fresh
        ? epochsFor(2400 * Math.max(1, Math.sqrt(samples / 160)), 120)
        : newHead
          ? epochsFor(240, 120)
          : isFew
            ? 60
            : isFar
              ? epochsFor(200, 70)
              : epochsFor(300, 30)),
    batchSize,
    optimizer,
    learningRate: options.learningRate ?? (layers === 'head' && usual === 0.001 ? 0.01 : usual) * gentle,
    momentum: options.momentum ?? (optimizer === 'rmsprop' ? 0 : 0.9),
    weightDecay: options.weightDecay ?? (isFreshDefault ? FRESH.weightDecay : optimizer === 'adamw' ? 0.01 : 0),
    schedule: options.schedule ?? (fresh ? 'one-cycle' : 'cosine'),
    labelSmoothing: options.labelSmoothing ?? (fresh ? FRESH.labelSmoothing : 0),
    augment: options.augment ?? (augmentable && layers !== 'head' && (fresh || normalised || TUNED_AUGMENT)),
    layers,
    validation: held,
    refit: options.validation === undefined && held > 0 && perLabel < PLENTY,
    patience: options.patience ?? 0,
    keep: options.keep ?? 'better',
    seed: options.seed ?? 0,
  };
}

const KNOWN = [
  'epochs',
  'batchSize',
  'optimizer',
  'learningRate',
  'momentum',
  'weightDecay',
  'schedule',
  'labelSmoothing',
  'augment',
  'layers',
  'validation',
  'patience',
  'labels',
  'keep',
  'seed',
];

function check(options: TuneOptions): void {
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined)
    throw new HandfulError('bad-argument', `There is no option ${unknown}; there are: ${KNOWN.join(', ')}.`);
  whole('epochs', options.epochs, 1, 100_000);
  whole('batchSize', options.batchSize, 1, 65_536);
  whole('patience', options.patience, 0, 100_000);
  whole('seed', options.seed, 0, 2 ** 32 - 1);
  between('learningRate', options.learningRate, 0, 100);
  between('momentum', options.momentum, 0, 1);
  between('weightDecay', options.weightDecay, 0, 1);
  between('labelSmoothing', options.labelSmoothing, 0, 0.9);
  between('validation', options.validation, 0, 0.9);
  oneOf('optimizer', options.optimizer, Object.keys(RATES));
  oneOf('schedule', options.schedule, SCHEDULES);
  oneOf('keep', options.keep, ['better', 'always']);
  const { augment } = options; // createAugment checks what an object holds
  if (augment !== undefined && typeof augment !== 'boolean' && (typeof augment !== 'object' || augment === null))
    badOption('augment', 'true, false or an object', augment);
  if (typeof options.layers !== 'number') oneOf('layers', options.layers, ['all', 'head']);
  else whole('layers', options.layers, 1, 1000);
}

function whole(name: string, value: number | undefined, least: number, most: number): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most))
    badOption(name, `a whole number from ${least} to ${most}`, value);
}

function between(name: string, value: number | undefined, least: number, most: number): void {
  if (value !== undefined && !(typeof value === 'number' && value >= least && value <= most))
    badOption(name, `a number from ${least} to ${most}`, value);
}

function oneOf(name: string, value: string | undefined, known: readonly string[]): void {
  if (value !== undefined && !known.includes(value))
    badOption(name, known.map((word) => `'${word}'`).join(', '), value);
}

/** A sentence on a score, for people. */
export function sayScore({ accuracy, loss }: Score): string {
  return `${(100 * accuracy).toFixed(1)} % (loss ${loss.toFixed(3)})`;
}
