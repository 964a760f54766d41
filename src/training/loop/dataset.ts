import { HandfulError } from '../../errors.js';
import { random, shuffle } from '../../common/random.js';

/** Examples ready for a network: standardised inputs and class indices. */
export interface Dataset {
  /** [N, ...input], flat. */
  inputs: Float32Array;
  /** [N], indices into the labels; for regression all 0. */
  classes: Int32Array;
  /** For regression alone: [N, outputs], flat, what the network should answer. */
  targets?: Float32Array;
}

/**
 * Labels as their places among those that are known.
 * @param what What to call one in errors, such as 'Sample'.
 * @throws {HandfulError} `bad-argument` for one that is not known.
 */
export function classIndices(labels: readonly string[], known: readonly string[], what: string): Int32Array {
  const index = new Map(known.map((label, i) => [label, i]));
  return Int32Array.from(labels, (label, i) => {
    const found = index.get(label);
    if (found === undefined)
      throw new HandfulError(
        'bad-argument',
        `${what} ${i} has the label '${label}'; the labels are: ${known.join(', ')}.`,
      );
    return found;
  });
}

/** The examples at `indices`, copied. */
export function subset({ inputs, classes }: Dataset, indices: ArrayLike<number>): Dataset {
  const length = inputs.length / classes.length;
  return {
    inputs: rows(inputs, length, indices),
    classes: Int32Array.from(indices, (index) => classes[index] ?? 0),
  };
}

/** Some rows of a matrix [N, width], copied. */
export function rows(values: Float32Array, width: number, indices: ArrayLike<number>): Float32Array {
  const result = new Float32Array(indices.length * width);
  for (const [i, index] of Array.from(indices).entries())
    result.set(values.subarray(index * width, (index + 1) * width), i * width);
  return result;
}

/** Indices of the examples of each class, by number or by name, classes in the order in which they first appear. */
export function byClass<Class extends number | string>(classes: Iterable<Class>): Map<Class, number[]> {
  const result = new Map<Class, number[]>();
  let index = 0;
  for (const label of classes) {
    const own = result.get(label);
    if (own) own.push(index);
    else result.set(label, [index]);
    index++;
  }
  return result;
}

/** How many examples there are of each of `count` classes. */
export function countClasses(classes: Int32Array, count: number): Float64Array {
  const counts = new Float64Array(count);
  for (const label of classes) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** Indices of examples to learn from, and of those held back. */
export interface Split {
  train: number[];
  held: number[];
}

/**
 * Splits indices into a part to learn from and a part held back, the same share of every class, and where any class gives
 * one away, at least one of each that has two.
 * @param share Of each class that is held back, 0 to 1.
 * @param groups Indices that are kept together; those of several classes are not held back.
 */
export function stratifiedSplit(
  classes: Int32Array,
  share: number,
  seed: number,
  groups: readonly (readonly number[])[] = [],
): Split {
  const next = random(seed);
  const groupOf = new Map(groups.flatMap((group) => group.map((index) => [index, group])));
  const isMixed = (group: readonly number[]) => group.some((index) => classes[index] !== classes[group[0] ?? 0]);
  const all = [...byClass(classes).values()];
  const least = all.some(({ length }) => Math.round(length * share) > 0) ? 1 : 0;
  const split: Split = { train: [], held: [] };
  for (const indices of all) {
    shuffle(indices, next);
    const units = [...new Set(indices.map((index) => groupOf.get(index) ?? [index]))];
    const given = units.length > 1 ? units.filter((unit) => !isMixed(unit)) : [];
    let room = Math.min(Math.max(least, Math.round(indices.length * share)), indices.length - 1);
    if (room > 0) room = Math.max(room, Math.min(...given.map(({ length }) => length)));
    const held = new Set<number>();
    for (const unit of given) {
      if (unit.length > room) continue;
      room -= unit.length;
      for (const index of unit) held.add(index);
    }
    for (const index of indices) (held.has(index) ? split.held : split.train).push(index);
  }
  return split;
}

/**
 * Indices of examples in random order, as many as there are, of which every class has an equal share: those of a rare one
 * come several times, and of a common one not all come.
 */
export function balancedOrder(classes: Int32Array, next: () => number): Uint32Array {
  const groups = [...byClass(classes).values()];
  const order = new Uint32Array(classes.length);
  const rounds = shuffle(
    groups.map((_, i) => i),
    next,
  ); // which classes get what is left over
  groups.forEach((own, i) => {
    for (let at = rounds[i] ?? 0, turn = 0; at < order.length; at += groups.length, turn++) {
      if (turn % own.length === 0) shuffle(own, next);
      order[at] = own[turn % own.length] ?? 0;
    }
  });
  return shuffle(order, next);
}
