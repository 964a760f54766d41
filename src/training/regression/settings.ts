import type { RegressionFineTuneOptions } from '../../types.js';
import { checkOptions } from '../plans/check-options.js';
import { OPTIMIZERS } from '../plans/regimes.js';

/** Options of regression as they cross to the worker: validation samples, signal and callbacks travel apart. */
export type RegressionTuneOptions = Omit<RegressionFineTuneOptions, 'validation' | 'signal' | 'onProgress'> & {
  validation?: number | undefined;
};

/** Every option, none undefined. */
export type RegressionSettings = {
  [name in keyof RegressionTuneOptions]-?: Exclude<RegressionTuneOptions[name], undefined>;
};

/** What the defaults depend on. */
export interface RegressionFacts {
  /** How many there are to learn from and to hold back. */
  samples: number;
  /** The network was never trained. */
  isFresh: boolean;
  learnsBatchNorm: boolean;
}

/** Of fewer samples than this, holding some back would take more from learning than it tells. */
const ENOUGH_TO_HOLD_BACK = 20;

/**
 * What the caller chose, and for the rest defaults. A network that was never trained takes
 * large steps, in one cycle, and more of them.
 * @param options Each checked by itself.
 * @throws {HandfulError} `bad-argument` if they do not go together
 */
export function chooseSettings(
  options: RegressionTuneOptions,
  { samples, isFresh, learnsBatchNorm }: RegressionFacts,
): RegressionSettings {
  const validation = options.validation ?? (samples >= ENOUGH_TO_HOLD_BACK ? 0.2 : 0);
  const batchSize = options.batchSize ?? 16;
  const optimizer = options.optimizer ?? 'adam';
  checkOptions(options, optimizer, learnsBatchNorm);
  const defaults = OPTIMIZERS[optimizer];
  const stepsPerEpoch = Math.ceil((samples * (1 - validation)) / batchSize);
  const [steps, most, quicker] = isFresh ? [4000, 1000, 10] : [1000, 250, 1];
  return {
    epochs: options.epochs ?? Math.min(most, Math.max(8, Math.ceil(steps / stepsPerEpoch))),
    batchSize,
    optimizer,
    learningRate: options.learningRate ?? defaults.learningRate * (defaults.learningRate === 0.001 ? quicker : 1),
    momentum: options.momentum ?? defaults.momentum ?? 0,
    centered: options.centered ?? false,
    weightDecay: options.weightDecay ?? defaults.weightDecay ?? 0,
    schedule: options.schedule ?? (isFresh ? 'one-cycle' : 'cosine'),
    validation,
    patience: options.patience ?? 0,
    keep: options.keep ?? 'better',
    seed: options.seed ?? 0,
  };
}
