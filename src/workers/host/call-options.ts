// What the options of a network's calls take, and that of `load` which the host checks itself. The tables are typed after the interfaces: an option too many or too few
// does not compile. The page, which checks them before it touches an input, is told when the network is opened.

import { checked } from '../../common/check-options.js';
import type { Rule } from '../../common/check-options.js';
import { between, either, flag, names, oneOf, seed, whole } from '../../common/option-rules.js';
import type { OptionRule, OptionRules, RulesFor } from '../../common/option-rules.js';
import type { Model } from '../../models/model.js';
import { bounds } from '../../training/augment/strengths.js';
import type {
  CallOptions,
  ExportFormat,
  ExportOptions,
  FineTuneOptions,
  LongCallOptions,
  OptimizerName,
  PredictOptions,
  ReadOptions,
  Preprocessing,
  RegressionFineTuneOptions,
  RegressionPredictOptions,
  ScheduleName,
} from '../../types.js';
import type { CallRules, OpenOptions } from '../protocol.js';

const share = between(0, 1);

const numbers: Rule = {
  expected: 'a list of finite numbers',
  accepts: (value) => Array.isArray(value) && value.every(Number.isFinite),
};

const PREPROCESS = {
  kind: oneOf<Preprocessing['kind']>('ink', 'photo', 'none'),
  mean: numbers,
  std: numbers,
  invert: flag,
  fit: flag,
  order: oneOf<Preprocessing['order'] & string>('rgb', 'bgr'),
} satisfies RulesFor<Preprocessing, Rule>;

/**
 * The option `preprocess` of `load` and `create`, without what is undefined in it.
 * @throws {HandfulError} `bad-argument` naming what is unknown or wrong.
 */
export function checkedPreprocess({ preprocess }: OpenOptions): Partial<Preprocessing> | undefined {
  return checked({ preprocess }, { preprocess: { expected: 'an object', fields: PREPROCESS } }).preprocess;
}

const REGRESS = { image: flag } satisfies RulesFor<Omit<RegressionPredictOptions, keyof CallOptions>>;

const PREDICT = { ...REGRESS, reject: flag } satisfies RulesFor<Omit<PredictOptions, keyof CallOptions>>;

const READ = {
  alphabet: { ...names, expected: 'a string, or a list of names', text: true },
  lines: flag,
  cells: whole(1, 1000),
} satisfies RulesFor<Omit<ReadOptions, keyof CallOptions>>;

const TUNE_REGRESSOR = {
  epochs: whole(1, 100_000),
  batchSize: whole(1, 65_536),
  optimizer: oneOf<OptimizerName>('sgd', 'momentum', 'nesterov', 'rmsprop', 'adagrad', 'adadelta', 'adam', 'adamw'),
  learningRate: between(0, 100),
  momentum: share,
  centered: flag,
  weightDecay: share,
  schedule: oneOf<ScheduleName>('constant', 'linear', 'cosine', 'one-cycle'),
  validation: either(between(0, 0.9), { expected: 'a list of samples', list: 'samples' }),
  patience: whole(0, 100_000),
  keep: oneOf<FineTuneOptions['keep'] & string>('better', 'always'),
  seed,
} satisfies RulesFor<Omit<RegressionFineTuneOptions, keyof LongCallOptions>>;

const EXPORT = {
  format: oneOf<ExportFormat>('safetensors', 'onnx', 'tfjs'),
} satisfies RulesFor<Omit<ExportOptions, keyof CallOptions>>;

/** The options of a model's calls, beside those that every call takes. */
export function callOptions({ loss, preprocess }: Model): CallRules {
  if (loss === 'squaredError') return { predict: REGRESS, read: {}, fineTune: TUNE_REGRESSOR, export: EXPORT };
  const fineTune = {
    ...TUNE_REGRESSOR,
    labels: names,
    labelSmoothing: between(0, 0.9),
    layers: either(oneOf<FineTuneOptions['layers'] & string>('all', 'head'), whole(1, 1000)),
    augment: augment(preprocess),
  } satisfies RulesFor<Omit<FineTuneOptions, keyof LongCallOptions>>;
  return { predict: PREDICT, read: READ, fineTune, export: EXPORT };
}

function augment({ kind }: Preprocessing): OptionRule {
  if (kind === 'none') return { expected: 'false for such inputs, which only you can vary', values: [false] };
  const fields: OptionRules = Object.fromEntries(
    Object.entries(bounds(kind)).map(([name, most]) => [name, between(0, most)]),
  );
  return either(flag, { expected: 'an object', fields });
}
