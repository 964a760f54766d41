// What every option takes. The tables are typed after the interfaces: an option too many or too few does not compile.

import type {
  CallOptions,
  ExportOptions,
  FineTuneOptions,
  InkStrengths,
  LoadOptions,
  LongCallOptions,
  LossName,
  OptimizerName,
  PhotoStrengths,
  PredictOptions,
  Preprocessing,
  RegressionFineTuneOptions,
  RegressionPredictOptions,
  RegressionLoadOptions,
  ScheduleName,
} from '../types.js';
import { absolute } from './absolute.js';
import type { Rule, Rules, RulesFor } from './check.js';
import { labelNames } from './labels.js';
import { plain } from './plain.js';

type Type = 'boolean' | 'function' | 'number' | 'string';

const is =
  (type: Type) =>
  (value: unknown): boolean =>
    typeof value === type;
/** Classes of browsers' are known by what they have, since a value may come from another realm. */
const has = (value: unknown, name: string, type: Type) => is(type)((value as Record<string, unknown> | null)?.[name]);
const inRange = (value: unknown, least: number, most: number) =>
  (value as number) >= least && (value as number) <= most;

const flag: Rule = ['true or false', is('boolean')];
const callback: Rule = ['a function', is('function')];
const numbers: Rule = [
  'a list of finite numbers',
  (value) => Array.isArray(value) && value.length < 1e6 && value.every(Number.isFinite),
  undefined,
  plain,
];
const list = (of: string, read?: Rule[3]): Rule => [
  `a list of ${of}`,
  (value) => Array.isArray(value) && value.length > 0,
  undefined,
  read,
];
const object = (inner?: Rules): Rule => ['an object', (value) => Object(value) === value && !inner, inner, plain];
const whole = (least: number, most: number): Rule => [
  `a whole number from ${least} to ${most}`,
  (value) => Number.isInteger(value) && inRange(value, least, most),
];
const between = (least: number, most: number): Rule => [
  `a number from ${least} to ${most}`,
  (value) => is('number')(value) && inRange(value, least, most),
];
const oneOf = <Word extends string>(...words: Word[]): Rule => [
  words.map((word) => `'${word}'`).join(', '),
  (value) => words.includes(value as Word),
];
const either = ([one, isOne]: Rule, [other, isOther, inner]: Rule): Rule => [
  `${one}, or ${other}`,
  (value) => isOne(value) || isOther(value),
  inner,
];

const seed = whole(0, 2 ** 32 - 1);
const labels = list('names', labelNames);

export const CALL = {
  signal: ['an AbortSignal', (value) => has(value, 'aborted', 'boolean') && has(value, 'addEventListener', 'function')],
} satisfies RulesFor<CallOptions>;

export const LONG_CALL = { ...CALL, onProgress: callback } satisfies RulesFor<LongCallOptions>;

export const EXPORT = {
  ...CALL,
  format: oneOf<ExportOptions['format'] & string>('safetensors', 'onnx', 'tfjs'),
} satisfies RulesFor<ExportOptions>;

export const REGRESS = { ...CALL, image: flag } satisfies RulesFor<RegressionPredictOptions>;

export const PREDICT = { ...REGRESS, reject: flag } satisfies RulesFor<PredictOptions>;

export const LOAD = {
  ...LONG_CALL,
  backend: oneOf<LoadOptions['backend'] & string>('auto', 'wasm', 'webgpu'),
  assetBase: ['a URL', (value) => is('string')(value) || has(value, 'href', 'string'), undefined, absolute],
  worker: either(flag, callback),
  recover: flag,
  seed,
  spec: object(),
  labels,
  preprocess: object({
    kind: oneOf<Preprocessing['kind']>('ink', 'photo', 'none'),
    mean: numbers,
    std: numbers,
  } satisfies RulesFor<Preprocessing>),
  loss: oneOf<LossName>('crossEntropy', 'squaredError'),
} satisfies RulesFor<LoadOptions>;

const { labels: _, ...loadRegressor } = LOAD;
export const LOAD_REGRESSOR = loadRegressor satisfies RulesFor<RegressionLoadOptions>;

const share = between(0, 1);

/** What a regressor's `fineTune` takes. */
export const TUNE_REGRESSOR = {
  ...LONG_CALL,
  epochs: whole(1, 100_000),
  batchSize: whole(1, 65_536),
  optimizer: oneOf<OptimizerName>('sgd', 'momentum', 'nesterov', 'rmsprop', 'adagrad', 'adadelta', 'adam', 'adamw'),
  learningRate: between(0, 100),
  momentum: share,
  centered: flag,
  weightDecay: share,
  schedule: oneOf<ScheduleName>('constant', 'linear', 'cosine', 'one-cycle'),
  validation: either(between(0, 0.9), list('samples')),
  patience: whole(0, 100_000),
  keep: oneOf<FineTuneOptions['keep'] & string>('better', 'always'),
  seed,
} satisfies RulesFor<RegressionFineTuneOptions>;

/** Strengths by the kind of input that they suit; beyond these bounds nothing is left of what a picture shows. */
const AUGMENT = {
  ink: {
    rotation: between(0, 180),
    scale: share,
    aspect: share,
    shear: share,
    shift: between(0, 14),
    elastic: between(0, 4),
    thickness: share,
  } satisfies RulesFor<InkStrengths>,
  photo: {
    crop: between(0, 16),
    flip: share,
    brightness: share,
    contrast: share,
    saturation: share,
    cutout: between(0, 32),
  } satisfies RulesFor<PhotoStrengths>,
};

/** What `fineTune` takes for a classifier whose inputs are of this kind. */
export function tuneRules(kind: Preprocessing['kind']): RulesFor<FineTuneOptions> {
  return {
    ...TUNE_REGRESSOR,
    labels,
    labelSmoothing: between(0, 0.9),
    layers: either(oneOf<FineTuneOptions['layers'] & string>('all', 'head'), whole(1, 1000)),
    augment:
      kind === 'none'
        ? ['false for such inputs, which only you can vary', (value) => value === false]
        : either(flag, object({ strength: between(0, 2), ...AUGMENT[kind] })),
  };
}
