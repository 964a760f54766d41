import { distance, isFamiliar, MOST_REGIONS, normalised } from '../models/ood-detector.js';
import type { Familiarity, Region } from '../models/ood-detector.js';
import type { Dataset } from './dataset.js';

/** Room around what was learned, since the next drawing lies a little farther out. */
const ROOM = 1.1;

/**
 * What is familiar after learning: as before, around the examples of each class that would have been refused, and around
 * all those of a new class. So no example learned from is refused, and drawings like those of a new class are not either.
 * @param features [N, width] of the tuned network's examples, flat, at the layer that familiarity looks at.
 * @param isNew For each class.
 */
export function extendFamiliarity(
  before: Familiarity,
  { inputs, classes }: Dataset,
  features: Float32Array,
  isNew: readonly boolean[],
): Familiarity {
  const [length, width] = [inputs.length / classes.length, features.length / classes.length];
  const learned = new Map<number, Float32Array[]>();
  classes.forEach((label, i) => {
    const row = features.subarray(i * width, (i + 1) * width);
    if (!isNew[label] && isFamiliar(before, inputs.subarray(i * length, (i + 1) * length), row)) return;
    if (!learned.has(label)) learned.set(label, []);
    learned.get(label)!.push(normalised(row));
  });
  const regions = [...learned.values()].map((rows) => around(rows, before.radius));
  return { ...before, learned: [...before.learned, ...regions].slice(-MOST_REGIONS) };
}

/** The region around directions: as far as the farthest of them, or as is usual for a class. */
function around(rows: Float32Array[], usual: number): Region {
  const mean = rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length);
  const centre = normalised(mean);
  return {
    centre,
    radius: Math.max(usual, ROOM * rows.reduce((most, row) => Math.max(most, distance(row, centre)), 0)),
  };
}
