import { random } from '../../common/random.js';
import type { Model } from '../../models/model.js';
import type { Network } from '../../models/network.js';
import { headName } from '../../models/spec.js';
import type { Dataset } from '../loop/dataset.js';
import { classMeans } from './class-statistics.js';
import { replayFeatures } from './feature-replay.js';
import { featuresAtHead, featuresWithVariants } from './head-features.js';
import type { ExampleOptions } from './head-features.js';
import { fitClassWeights } from './logistic-regression.js';
import { writePrototypes } from './prototypes.js';

/** So many examples of each known class are replayed. */
const REPLAYED = 48;
/** To replay examples of more classes takes too long. */
const MOST_CLASSES = 1000;

/** Whether a model has statistics of every class of its head but those that are new, and there are some of both. */
export function canReplay({ spec, weights, classStatistics }: Model, isNew: readonly boolean[]): boolean {
  if (!weights.has(`${headName(spec)}.bias`) || isNew.length > MOST_CLASSES) return false;
  return isNew.includes(true) && isNew.includes(false) && isNew.every((yes, at) => yes || classStatistics?.means[at]);
}

/**
 * Fits the weights of new classes in a model's head, and in the network that carries its weights, by logistic regression,
 * and completes its class statistics. Known classes keep their weights; examples replayed of them keep the new ones apart.
 * @param examples Of new classes, perhaps of known ones too.
 * @throws {HandfulError} `aborted`, `backend-lost`
 */
export async function fitNewClasses(
  network: Network,
  model: Model,
  examples: Dataset,
  isNew: readonly boolean[],
  options: ExampleOptions,
): Promise<void> {
  const { classStatistics: statistics } = model;
  if (!statistics) return;
  const { features, classes } = await featuresWithVariants(network, examples, options);
  const next = random(options.seed);
  const known = statistics.means.flatMap((mean, at) => (mean && !isNew[at] ? [{ mean, at }] : []));
  const replayed = known.map(({ mean }) => replayFeatures(statistics, mean, REPLAYED, next));
  const rows = new Float32Array(features.length + replayed.reduce((sum, { length }) => sum + length, 0));
  rows.set(features);
  replayed.forEach((each, i) => rows.set(each, features.length + i * each.length));
  const truth = Int32Array.from([...classes, ...known.flatMap(({ at }) => Array<number>(REPLAYED).fill(at))]);
  await fitClassWeights(model.weights, headName(model.spec), rows, truth, isNew, options.signal);
  network.write(model.weights);
  const means = classMeans(features, classes, isNew.length);
  model.classStatistics = { ...statistics, means: statistics.means.map((mean, at) => (isNew[at] ? means[at] : mean)) };
}

/**
 * Makes prototypes the weights of new classes in a model's head, and in the network that carries its weights: where
 * training begins, or all there is if there are no statistics of known classes.
 * @throws {HandfulError} `aborted`, `backend-lost`
 */
export async function startAsPrototypes(
  network: Network,
  { spec, weights }: Model,
  examples: Dataset,
  isNew: readonly boolean[],
  options: Pick<ExampleOptions, 'from' | 'signal'>,
): Promise<void> {
  const features = await featuresAtHead(network, examples, options);
  writePrototypes(weights, headName(spec), features, examples.classes, isNew);
  network.write(weights);
}
