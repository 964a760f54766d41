import { normal } from '../../common/random.js';
import type { ClassStatistics } from '../../models/class-statistics.js';

/**
 * Features of `count` examples of a class as they might have been, [count, width], flat.
 * @param mean [width], of the class.
 * @param next Uniform numbers in [0, 1).
 */
export function replayFeatures(
  { covarianceFactor, minimum }: Pick<ClassStatistics, 'covarianceFactor' | 'minimum'>,
  mean: Float32Array,
  count: number,
  next: () => number,
): Float32Array {
  const width = mean.length;
  const features = new Float32Array(count * width);
  const draws = new Float32Array(width);
  for (let start = 0; start < features.length; start += width) {
    for (let i = 0; i < width; i++) draws[i] = normal(next);
    let entry = 0;
    mean.forEach((value, i) => {
      for (let j = 0; j <= i; j++) value += (covarianceFactor[entry++] ?? 0) * (draws[j] ?? 0);
      features[start + i] = Math.max(minimum, value);
    });
  }
  return features;
}
