import { OUTLINE, outlinesOf } from './outlines.js';
import type { Model } from '../../models/model.js';

/**
 * Outlines so near each other, squared, are one drawing, moved or rendered again: no two of the pen digits' choosing
 * writers are, and whatever is moved by a pixel is.
 */
const NEAR = 0.0003;
/** So many pairs are compared at most, the likeliest first. */
const MOST_PAIRS = 4e7;
/** The first of an outline's numbers that differ much: around its centre of mass a drawing is as wide to the left as right. */
const FIRST = 3;

/** Pictures that are the same one, exactly or nearly; each group's indices in order. */
export interface Copies {
  /** Among the samples. */
  groups: number[][];
  /** Samples that are also among those to validate on. */
  leaked: number[];
}

/**
 * Finds copies. Rows of numbers have none: in tables the same numbers come again.
 * @param inputs Of the samples, [N, ...input], flat.
 * @param validation Of those to validate on, if there are any.
 */
export function copiesAmong(
  { spec: { input }, preprocess: { kind } }: Pick<Model, 'spec' | 'preprocess'>,
  inputs: Float32Array,
  validation: Float32Array = new Float32Array(),
): Copies {
  const both = new Float32Array(inputs.length + validation.length);
  both.set(inputs);
  both.set(validation, inputs.length);
  const outlines = outlinesOf(both, input, kind);
  const found = outlines ? groupsOf(outlines) : [];
  const count = outlines ? (outlines.length / OUTLINE) * (inputs.length / both.length) : 0;
  const own = found.map((group) => group.filter((index) => index < count));
  return {
    groups: own.filter(({ length }) => length > 1),
    leaked: own
      .filter(({ length }, i) => length < (found[i]?.length ?? 0))
      .flat()
      .sort((a, b) => a - b),
  };
}

/** Each outline that is in no group yet makes one with those near it. */
function groupsOf(outlines: Float32Array): number[][] {
  const count = outlines.length / OUTLINE;
  const leading = (i: number) => outlines[i * OUTLINE + FIRST] ?? 0;
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => leading(a) - leading(b) || a - b);
  const most = Math.ceil(MOST_PAIRS / count);
  const reach = Math.sqrt(NEAR);
  const isTaken = new Uint8Array(count);
  const groups: number[][] = [];
  order.forEach((first, place) => {
    if (isTaken[first]) return;
    const group = [first];
    for (let next = place + 1; next < Math.min(count, place + most); next++) {
      const other = order[next] ?? 0;
      if (leading(other) - leading(first) > reach) break;
      if (isTaken[other] || !areNear(outlines, first * OUTLINE, other * OUTLINE)) continue;
      isTaken[other] = 1;
      group.push(other);
    }
    if (group.length > 1) groups.push(group.sort((a, b) => a - b));
  });
  return groups.sort(([a = 0], [b = 0]) => a - b);
}

/** Most pairs are told apart by their first few numbers. */
function areNear(outlines: Float32Array, a: number, b: number): boolean {
  let sum = 0;
  for (let k = FIRST; k < OUTLINE; k++) {
    sum += ((outlines[a + k] ?? 0) - (outlines[b + k] ?? 0)) ** 2;
    if (sum > NEAR) return false;
  }
  return true;
}
