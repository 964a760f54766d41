import { MOST_FEATURES } from '../models/class-statistics.js';
import type { Memory } from '../models/class-statistics.js';
import { cholesky } from './cholesky.js';

/** Of the mean variance, added to each: of few examples a covariance would be too sure. */
const SHRINKAGE = 0.01;

/**
 * What a model should remember of its classes; undefined for more features than are worth it.
 * @param features [N, width] of examples, as the head takes them, flat.
 * @param classes [N]
 * @param count How many classes the model tells apart.
 */
export function remember(features: Float32Array, classes: Int32Array, count: number): Memory | undefined {
  const width = features.length / classes.length;
  if (width > MOST_FEATURES) return undefined;
  const means = meansOf(features, classes, count);
  const covariance = new Float64Array(width * width);
  const off = new Float64Array(width);
  let least = Infinity;
  classes.forEach((label, example) => {
    for (let i = 0; i < width; i++) {
      const feature = features[example * width + i]!;
      least = Math.min(least, feature);
      off[i] = feature - means[label]![i]!;
      for (let j = 0; j <= i; j++) covariance[i * width + j]! += (off[i]! * off[j]!) / classes.length;
    }
  });
  let trace = 0;
  for (let i = 0; i < width; i++) trace += covariance[i * width + i]!;
  for (let i = 0; i < width; i++) covariance[i * width + i]! += (SHRINKAGE * trace) / width;
  return { means, spread: Float32Array.from(cholesky(covariance, width)), least };
}

/** The mean features of each class; undefined for a class without examples. */
export function meansOf(features: Float32Array, classes: Int32Array, count: number): (Float32Array | undefined)[] {
  const width = features.length / classes.length;
  const counts = new Float64Array(count);
  classes.forEach((label) => counts[label]!++);
  const means = Array.from(counts, (examples) => (examples > 0 ? new Float32Array(width) : undefined));
  features.forEach((feature, at) => {
    const label = classes[Math.floor(at / width)]!;
    means[label]![at % width]! += feature / counts[label]!;
  });
  return means;
}
