import { normalised } from '../../models/ood-detector.js';
import { byClass } from '../loop/dataset.js';

/**
 * A sample is so many times as far from its own class as from another: of the choosing writers' pen digits, one label in
 * twenty wrong, 98 % of what is found is wrong, and 99 % of what is wrong is found.
 */
const FARTHER = 1.5;
/** Fewer samples do not tell where a class is. */
const FEW = 3;
/** More products than these take too long for what they tell. */
const MOST_PRODUCTS = 1e9;

/** A sample that is probably of another class. */
export interface Stranger {
  sample: number;
  /** The class that it is more like. */
  like: number;
}

/**
 * Samples far from the mean of the others of their class, and much nearer to another class's (leave-one-out nearest class
 * mean), by the directions of their features.
 * @param features [N, width], flat. @param classes [N]
 */
export function strangersAmong(features: Float32Array, classes: Int32Array): Stranger[] {
  const width = features.length / classes.length;
  const rows = Array.from(classes, (_, i) => normalised(features.subarray(i * width, (i + 1) * width)));
  const groups = [...byClass(classes)].filter(([, own]) => own.length >= FEW);
  if (groups.length < 2 || groups.length * features.length > MOST_PRODUCTS) return [];
  const sums = groups.map(([, own]) => {
    const sum = new Float64Array(width);
    for (const i of own) rows[i]?.forEach((value, k) => (sum[k] = (sum[k] ?? 0) + value));
    return sum;
  });
  return groups.flatMap(([, own], at) =>
    own.flatMap((sample): Stranger[] => {
      const row = rows[sample] ?? new Float32Array();
      let [nearest, like] = [Infinity, at];
      let home = Infinity;
      for (const [other, [, others]] of groups.entries()) {
        const isOwn = other === at;
        const distance = toMean(row, sums[other] ?? [], others.length, isOwn);
        if (isOwn) home = distance;
        else if (distance < nearest) [nearest, like] = [distance, other];
      }
      return home > FARTHER * nearest ? [{ sample, like: groups[like]?.[0] ?? 0 }] : [];
    }),
  );
}

/** How far a vector is from the mean of `count` that have this sum; if it is one of them, of the others. */
function toMean(row: Float32Array, sum: ArrayLike<number>, count: number, isOne: boolean): number {
  let squares = 0;
  for (let k = 0; k < row.length; k++) {
    const value = row[k] ?? 0;
    const mean = isOne ? ((sum[k] ?? 0) - value) / (count - 1) : (sum[k] ?? 0) / count;
    squares += (mean - value) ** 2;
  }
  return Math.sqrt(squares);
}
