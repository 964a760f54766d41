import type { ClassStatistics } from '../../models/class-statistics.js';

/**
 * Class statistics after layers below the head have learned: each class has moved as the mean of its samples has (semantic
 * drift compensation: Yu et al. 2020).
 * @param before For each class the mean of its samples' features; undefined for one without samples.
 * @param after The same, of the network that has learned.
 */
export function compensateDrift(
  statistics: ClassStatistics,
  before: readonly (Float32Array | undefined)[],
  after: readonly (Float32Array | undefined)[],
): ClassStatistics {
  const means = statistics.means.map((mean, at) => {
    const [old, now] = [before[at], after[at]];
    return mean && old && now ? mean.map((value, i) => value + (now[i] ?? 0) - (old[i] ?? 0)) : mean;
  });
  return { ...statistics, means };
}
