import { distance, isInDistribution, MOST_REGIONS, normalised } from '../../models/ood-detector.js';
import type { OodDetector, Region } from '../../models/ood-detector.js';
import type { Dataset } from '../loop/dataset.js';

/** Room around what was learned, since the next drawing lies a little farther out. */
const ROOM = 1.1;

/**
 * A detector after learning: with regions around the examples of each class that it would have refused, and around all
 * those of a new class. So no example learned from is refused, and drawings like those of a new class are not either.
 * @param features [N, width] of the tuned network's examples, flat, at the layer that the detector looks at.
 * @param isNew For each class.
 */
export function extendDetector(
  before: OodDetector,
  { inputs, classes }: Dataset,
  features: Float32Array,
  isNew: readonly boolean[],
): OodDetector {
  const [length, width] = [inputs.length / classes.length, features.length / classes.length];
  const learned = new Map<number, Float32Array[]>();
  classes.forEach((label, i) => {
    const row = features.subarray(i * width, (i + 1) * width);
    if (!isNew[label] && isInDistribution(before, inputs.subarray(i * length, (i + 1) * length), row)) return;
    const own = learned.get(label);
    if (own) own.push(normalised(row));
    else learned.set(label, [normalised(row)]);
  });
  const regions = [...learned.values()].map((rows) => around(rows, before.radius));
  return { ...before, regions: [...before.regions, ...regions].slice(-MOST_REGIONS) };
}

/** The region around directions: as far as the farthest of them, or as is usual for a class. */
function around(rows: readonly Float32Array[], usual: number): Region {
  const sum = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) row.forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value));
  const centre = normalised(Float32Array.from(sum, (value) => value / rows.length));
  const farthest = rows.reduce((most, row) => Math.max(most, distance(row, centre)), 0);
  return { centre, radius: Math.max(usual, ROOM * farthest) };
}
