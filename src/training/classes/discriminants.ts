import type { ClassStatistics } from '../../models/class-statistics.js';
import type { Weights } from '../../models/model.js';
import { solve } from './cholesky.js';
import { dot, writeColumn } from './vectors.js';

/**
 * Makes weights of classes in a dense head of their statistics: each class a normal distribution around its mean, all of
 * one covariance (linear discriminant analysis: Fisher 1936, Rao 1948). They depend on nothing but the class's own mean and
 * the covariance, so a class more never moves the others.
 * @param head Name of the head: weights [features, classes] and a bias. Classes without a mean are left alone.
 */
export function writeDiscriminants(
  weights: Weights,
  head: string,
  { means, covarianceFactor }: Pick<ClassStatistics, 'means' | 'covarianceFactor'>,
): void {
  const matrix = weights.get(`${head}.weight`)?.data;
  const bias = weights.get(`${head}.bias`)?.data;
  if (!matrix || !bias) return;
  const factor = Float64Array.from(covarianceFactor);
  means.forEach((mean, at) => {
    if (!mean) return;
    const weight = solve(factor, Float64Array.from(mean));
    writeColumn(matrix, means.length, at, weight);
    bias[at] = -dot(mean, weight) / 2;
  });
}
