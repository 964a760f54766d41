import { random } from '../../common/random.js';
import { copyWeights } from '../../models/model.js';
import type { Model } from '../../models/model.js';
import type { Network } from '../../models/network.js';
import { headName } from '../../models/spec.js';
import type { Dataset } from '../loop/dataset.js';
import { classMeans } from './class-statistics.js';
import { writeDiscriminants } from './discriminants.js';
import { replayFeatures } from './feature-replay.js';
import { featuresAtHead, featuresWithVariants } from './head-features.js';
import type { ExampleOptions } from './head-features.js';
import { fitClassWeights } from './logistic-regression.js';
import { writePrototypes } from './prototypes.js';

/** So many examples of each known class are replayed. */
const REPLAYED = 48;
/** To replay examples of more classes takes too long. */
const MOST_CLASSES = 1000;

/**
 * Whether a model has statistics of every class of its head but those that are new. Where all are new, it is its features
 * that tell how classes are spread, if they were learned for classes to come.
 */
export function canReplay({ spec, weights, classStatistics, isEmbedding }: Model, isNew: readonly boolean[]): boolean {
  if (!weights.has(`${headName(spec)}.bias`) || isNew.length > MOST_CLASSES || !classStatistics) return false;
  if (!isNew.includes(false)) return isEmbedding === true;
  return isNew.includes(true) && isNew.every((yes, at) => yes || classStatistics.means[at]);
}

/**
 * A model whose new classes have weights fitted by logistic regression, and statistics; the network, which carries the
 * model's weights, gets them too. Known classes keep their weights; examples replayed of them keep the new ones apart.
 * Among features that were learned for classes to come, the weights follow from the means of the examples.
 * @param examples Of new classes, perhaps of known ones too.
 * @throws {HandfulError} `aborted`, `backend-lost`
 */
export async function fitNewClasses(
  network: Network,
  model: Model,
  examples: Dataset,
  isNew: readonly boolean[],
  options: ExampleOptions,
): Promise<Model> {
  const { classStatistics: statistics } = model;
  if (!statistics) return model;
  const weights = copyWeights(model.weights);
  if (model.isEmbedding) {
    const own = classMeans(await featuresAtHead(network, examples, options), examples.classes, isNew.length);
    const means = own.map((mean, at) => (isNew[at] ? mean : undefined));
    writeDiscriminants(weights, headName(model.spec), { ...statistics, means });
    network.write(weights);
    const complete = { ...statistics, means: statistics.means.map((mean, at) => means[at] ?? mean) };
    // The mean of few examples may lie far from where it should: its covariance adds to the class's.
    const temperature = isNew.includes(false) ? model.temperature : 1 + isNew.length / examples.classes.length;
    return { ...model, weights, classStatistics: complete, ...(temperature && { temperature }) };
  }
  const { features, classes } = await featuresWithVariants(network, examples, options);
  const next = random(options.seed);
  const known = statistics.means.flatMap((mean, at) => (mean && !isNew[at] ? [{ mean, at }] : []));
  const replayed = known.map(({ mean }) => replayFeatures(statistics, mean, REPLAYED, next));
  const rows = new Float32Array(features.length + replayed.reduce((sum, { length }) => sum + length, 0));
  rows.set(features);
  replayed.forEach((each, i) => rows.set(each, features.length + i * each.length));
  const truth = Int32Array.from([...classes, ...known.flatMap(({ at }) => Array<number>(REPLAYED).fill(at))]);
  await fitClassWeights(weights, headName(model.spec), rows, truth, isNew, options.signal);
  network.write(weights);
  const means = classMeans(features, classes, isNew.length);
  const complete = statistics.means.map((mean, at) => (isNew[at] ? means[at] : mean));
  return { ...model, weights, classStatistics: { ...statistics, means: complete } };
}

/**
 * A model whose new classes have prototypes as weights; the network, which carries the model's weights, gets them too.
 * There training begins, or that is all if there are no statistics of known classes.
 * @throws {HandfulError} `aborted`, `backend-lost`
 */
export async function startAsPrototypes(
  network: Network,
  model: Model,
  examples: Dataset,
  isNew: readonly boolean[],
  options: Pick<ExampleOptions, 'from' | 'signal'>,
): Promise<Model> {
  const features = await featuresAtHead(network, examples, options);
  const weights = copyWeights(model.weights);
  writePrototypes(weights, headName(model.spec), features, examples.classes, isNew);
  network.write(weights);
  return { ...model, weights };
}
