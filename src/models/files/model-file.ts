import { HandfulError, toHandfulError } from '../../errors.js';
import type { LossName, Preprocessing, Spec } from '../../types.js';
import { decodeDetector, encodeDetector } from '../ood-detector.js';
import { inferSpec } from './infer-spec.js';
import { DEEPEST, measureJson } from './json-text.js';
import { checkLabels, defaultLabels, noLabels } from '../labels.js';
import { decodeStatistics, encodeStatistics } from '../class-statistics.js';
import { decodeUntaught, encodeUntaught, untaughtByBias } from '../masked-classes.js';
import type { Model, Weights } from '../model.js';
import { checkPreprocess, defaultPreprocess } from '../preprocessing.js';
import { badModel, listed, quote } from '../../common/messages.js';
import { parseSafetensors, writeSafetensors, type RawTensor } from './safetensors.js';
import { lower, type Architecture } from '../lowering/lower.js';
import { headName } from '../spec.js';
import { fromStateDict, toStateDict, withoutCounters } from './state-dict.js';

export { defaultPreprocess };

const FORMAT = 'handful';
const VERSION = '1';

/** What a caller knows better than the file. */
export interface GivenModelParts {
  spec?: Spec;
  labels?: readonly (string | number)[];
  preprocess?: Partial<Preprocessing>;
  /** What the network was trained on, which a file of handful's own knows itself. */
  loss?: LossName;
}

/**
 * Writes a whole model as one safetensors file: a PyTorch state_dict, with spec, labels and preprocessing as metadata.
 * @param options.dtype Default `F32`, exact. `F16` halves the size and rounds to 11 significant bits.
 * @throws {HandfulError} `bad-argument` if the parts do not fit each other or the weights do not fit `dtype`.
 */
export function encodeModel(model: Model, { dtype = 'F32' }: { dtype?: 'F32' | 'F16' } = {}): Uint8Array<ArrayBuffer> {
  if (dtype !== 'F32' && dtype !== 'F16')
    throw new HandfulError('bad-argument', `dtype is 'F32' or 'F16'; got ${quote(dtype)}.`);
  const metadata = metadataOf(model);
  return writeSafetensors(toStateDict(model.weights, lower(model.spec), dtype), metadata);
}

/**
 * All of a model but its weights, as strings, for a file's metadata.
 * @throws {HandfulError} `bad-argument` if the parts do not fit each other.
 */
export function metadataOf(model: Model): Record<string, string> {
  const { spec } = model;
  const isRegression = model.loss === 'squaredError';
  const labels = isRegression ? [] : checkLabels(model.labels, lower(spec).classes, 'bad-argument');
  const preprocess = checkPreprocess(model.preprocess, spec.input, 'bad-argument');
  const statistics = model.classStatistics && encodeStatistics(model.classStatistics);
  return {
    format: FORMAT,
    version: VERSION,
    spec: JSON.stringify(spec),
    ...(isRegression ? { loss: 'squaredError' } : { labels: JSON.stringify(labels) }),
    preprocess: JSON.stringify(preprocess),
    ...(model.fresh && { fresh: 'true' }),
    ...(model.temperature && { temperature: String(model.temperature) }),
    ...(model.untaught?.length && { untaught: encodeUntaught(model) }),
    ...(model.detector && { familiarity: encodeDetector(model.detector) }),
    ...(statistics && { memory: statistics }),
    ...(model.isEmbedding && { embedding: 'true' }),
  };
}

/**
 * Reads a model from a safetensors file: handful's own, or a PyTorch state_dict of the network `given.spec` or, without
 * it, of one of the zoo's. What is given overrides what the file says.
 * @throws {HandfulError} `bad-model` if the file is damaged or does not fit; `bad-argument` if what is given makes no
 * sense.
 */
export function decodeModel(bytes: ArrayBuffer | Uint8Array, given: GivenModelParts = {}): Model {
  const { tensors, metadata } = parseSafetensors(bytes);
  if (metadata.format === FORMAT && metadata.version !== VERSION)
    badModel(`The model file has the version ${quote(metadata.version)}; this handful reads version ${VERSION}.`);
  const file = metadata.format === FORMAT ? metadata : {};

  const architecture = given.spec ? lower(given.spec) : architectureOfFile(file, tensors);
  return assembleModel(architecture, fromStateDict(tensors, architecture), file, given);
}

/**
 * A model of a network, its weights and what their file says beside them, by the keys of a file of handful's own.
 * @param weights Known first, since they bound the classes by the file's size.
 * @param isAssumed Whether the file leaves open how inputs are prepared.
 * @throws {HandfulError} As {@link decodeModel}.
 */
export function assembleModel(
  architecture: Architecture,
  weights: Weights,
  file: Record<string, string>,
  given: GivenModelParts,
  isAssumed = file.preprocess === undefined,
): Model {
  const { spec, classes } = architecture;
  const loss = lossOf(file, given);
  const labels = loss ? noLabels(given.labels) : labelsOf(file, given, classes);
  const own = checkPreprocess(fromJson(file, 'preprocess', defaultPreprocess(spec.input)), spec.input, 'bad-model');
  const preprocess = checkPreprocess({ ...own, ...given.preprocess }, spec.input, 'bad-argument');
  const untaught = untaughtOf(file, architecture, labels, weights);
  return {
    spec,
    labels,
    preprocess,
    ...(isAssumed && leavesOpen(given) && { preprocessAssumed: true }),
    weights,
    ...(loss && { loss }),
    ...(file.fresh === 'true' && { fresh: true }),
    ...(file.embedding === 'true' && { isEmbedding: true }),
    ...(file.temperature !== undefined && { temperature: readTemperature(file.temperature) }),
    ...(untaught.length > 0 && { untaught }),
    ...(file.familiarity !== undefined && { detector: decodeDetector(fromJson(file, 'familiarity'), architecture) }),
    ...(file.memory !== undefined && { classStatistics: decodeStatistics(fromJson(file, 'memory'), architecture) }),
  };
}

/** Whether the caller says nothing of the scale of inputs, which then is the file's, or assumed. */
function leavesOpen({ preprocess }: GivenModelParts): boolean {
  return preprocess?.mean === undefined && preprocess?.std === undefined;
}

function architectureOfFile(file: Record<string, string>, tensors: ReadonlyMap<string, RawTensor>): Architecture {
  const spec = file.spec === undefined ? inferSpec(tensors) : fromJson(file, 'spec');
  if (spec === undefined)
    badModel(
      'The model file does not name its network, and none of the known ones has its tensors: ' +
        `${listed([...withoutCounters(tensors)].map(([name, { shape }]) => `${quote(name)} ${quote(shape)}`))}. Pass its \`spec\`.`,
    );
  try {
    return lower(spec as Spec);
  } catch (error) {
    const { message } = toHandfulError(error);
    return badModel(`The model file's spec makes no sense: ${message}`, error);
  }
}

/** Labels that were never taught: said by the file, or shown by the head's bias in one from before that was said. */
function untaughtOf(
  file: Record<string, string>,
  { spec }: Architecture,
  labels: string[],
  weights: Weights,
): string[] {
  if (file.untaught !== undefined) return decodeUntaught(fromJson(file, 'untaught'), labels);
  const found = file.format === FORMAT ? untaughtByBias(weights, headName(spec), labels) : [];
  return found.length < labels.length ? found : [];
}

function labelsOf(file: Record<string, string>, { labels }: GivenModelParts, classes: number): string[] {
  if (labels) return checkLabels(labels, classes, 'bad-argument');
  return checkLabels(fromJson(file, 'labels', defaultLabels(classes)), classes, 'bad-model');
}

/**
 * Undefined for cross-entropy, which needs no mention.
 * @throws {HandfulError} `bad-model` if the file says another one than is given.
 */
function lossOf({ format, loss }: Record<string, string>, given: GivenModelParts): 'squaredError' | undefined {
  if (loss !== undefined && loss !== 'crossEntropy' && loss !== 'squaredError')
    badModel(`The model file's loss is ${quote(loss)}; expected crossEntropy or squaredError.`);
  const own = loss ?? (format === FORMAT ? 'crossEntropy' : given.loss);
  if (given.loss !== undefined && own !== given.loss)
    badModel(`The model file holds a network that was trained on ${own}; the option loss says ${given.loss}.`);
  return own === 'squaredError' ? own : undefined;
}

function readTemperature(text: string): number {
  const temperature = Number(text);
  if (temperature >= 0.001 && temperature <= 1000) return temperature;
  return badModel(`The model file's temperature is ${quote(text)}; expected a number from 0.001 to 1000.`);
}

/** Metadata that is JSON: out-of-distribution detector and class statistics go by the names of the first files. */
type JsonKey = 'spec' | 'labels' | 'preprocess' | 'untaught' | 'familiarity' | 'memory';

export function fromJson(file: Record<string, string>, key: JsonKey, missing?: unknown): unknown {
  if (file[key] === undefined) return missing;
  if (measureJson(file[key]).depth > DEEPEST)
    badModel(`The model file's ${key} is nested more than ${DEEPEST} levels deep.`);
  try {
    return JSON.parse(file[key]);
  } catch (error) {
    return badModel(`The model file's ${key} is ${quote(file[key])}; expected JSON.`, error);
  }
}
