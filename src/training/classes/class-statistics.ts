import { headWidth, MOST_FEATURES } from '../../models/class-statistics.js';
import type { ClassStatistics } from '../../models/class-statistics.js';
import type { Network } from '../../models/network.js';
import { countClasses } from '../loop/dataset.js';
import type { Dataset } from '../loop/dataset.js';
import { cholesky } from './cholesky.js';
import { featuresWithVariants } from './head-features.js';
import type { ExampleOptions } from './head-features.js';

/** Of the mean variance, added to each: of few examples a covariance would be too sure. */
const SHRINKAGE = 0.01;

/**
 * How features of each class are spread; undefined for more features than are worth it.
 * @param features [N, width] of examples, as the head takes them, flat.
 * @param classes [N]
 * @param count How many classes the model tells apart.
 * @param shrinkage So much of the mean variance is added to each.
 */
export function classStatistics(
  features: Float32Array,
  classes: Int32Array,
  count: number,
  shrinkage = SHRINKAGE,
): ClassStatistics | undefined {
  const width = features.length / classes.length;
  if (width > MOST_FEATURES) return undefined;
  const means = classMeans(features, classes, count);
  const covariance = new Float64Array(width * width);
  classes.forEach((label, example) => {
    const mean = means[label] ?? [];
    const row = features.subarray(example * width, (example + 1) * width);
    const off = Float64Array.from(row, (feature, i) => feature - (mean[i] ?? 0));
    addOuter(covariance, off, classes.length);
  });
  const variances = covariance.filter((_, at) => at % (width + 1) === 0); // the diagonal
  const trace = variances.reduce((a, b) => a + b, 0);
  variances.forEach((variance, i) => (covariance[i * (width + 1)] = variance + (shrinkage * trace) / width));
  const minimum = features.reduce((a, b) => Math.min(a, b), Infinity);
  return { means, covarianceFactor: Float32Array.from(cholesky(covariance, width)), minimum };
}

/** Adds a vector's products with itself, each over `total`, to the lower triangle of a matrix. */
function addOuter(matrix: Float64Array, vector: Float64Array, total: number): void {
  const width = vector.length;
  for (let i = 0; i < width; i++) {
    const value = vector[i] ?? 0;
    for (let j = 0, at = i * width; j <= i; j++, at++)
      matrix[at] = (matrix[at] ?? 0) + (value * (vector[j] ?? 0)) / total;
  }
}

/** The mean features of each class; undefined for a class without examples. */
export function classMeans(features: Float32Array, classes: Int32Array, count: number): (Float32Array | undefined)[] {
  const width = features.length / classes.length;
  const counts = countClasses(classes, count);
  const means = Array.from(counts, (examples) => (examples > 0 ? new Float32Array(width) : undefined));
  classes.forEach((label, example) => {
    const [mean, examples] = [means[label], counts[label]];
    if (!mean || !examples) return;
    const row = features.subarray(example * width, (example + 1) * width);
    row.forEach((feature, i) => (mean[i] = (mean[i] ?? 0) + feature / examples));
  });
  return means;
}

/**
 * A model's class statistics with the classes that they lack, taken from examples; undefined if the head takes too many
 * features.
 * @throws {HandfulError} `aborted`, `backend-lost`
 */
export async function completeStatistics(
  network: Network,
  statistics: ClassStatistics | undefined,
  examples: Dataset,
  options: ExampleOptions,
): Promise<ClassStatistics | undefined> {
  if (statistics?.means.every(Boolean) || headWidth(network.architecture) > MOST_FEATURES) return statistics;
  const { features, classes } = await featuresWithVariants(network, examples, options);
  const count = network.architecture.classes;
  if (!statistics) return classStatistics(features, classes, count);
  const means = classMeans(features, classes, count);
  return { ...statistics, means: statistics.means.map((mean, at) => mean ?? means[at]) };
}
