import type { ClassStatistics } from '../../models/class-statistics.js';
import type { Weights } from '../../models/model.js';
import { solve } from './cholesky.js';
import { dot, writeColumn } from './vectors.js';

/**
 * Makes a dense head of class statistics: each class a normal distribution around its mean, all of one covariance (linear
 * discriminant analysis: Fisher 1936, Rao 1948). A class's weights depend on nothing but its own mean and the covariance,
 * so a class more never moves the others.
 * @param head Name of the head: weights [features, classes] and a bias.
 * @param examples How many of each class made its mean, on average: of few, a mean may be far from where it should be, so
 *   answers are less sure.
 */
export function writeDiscriminants(
  weights: Weights,
  head: string,
  { means, covarianceFactor }: ClassStatistics,
  examples: number,
): void {
  const matrix = weights.get(`${head}.weight`)?.data;
  const bias = weights.get(`${head}.bias`)?.data;
  if (!matrix || !bias) return;
  const factor = Float64Array.from(covarianceFactor);
  const sureness = examples / (examples + 1); // the covariance of a mean adds to that of a class
  means.forEach((mean, at) => {
    if (!mean) return;
    const weight = solve(
      factor,
      Float64Array.from(mean, (value) => sureness * value),
    );
    writeColumn(matrix, means.length, at, weight);
    bias[at] = -dot(mean, weight) / 2;
  });
}
