/** A value; not a number beyond the last, so that whatever is compared with it fails. */
export const at = (values: ArrayLike<number>, i: number): number => values[i] ?? NaN;

/** Adds to a value in its place. */
export function addTo(values: number[] | Float32Array | Float64Array, i: number, value: number): void {
  values[i] = at(values, i) + value;
}

/**
 * An element of any kind.
 * @throws if the list is shorter.
 */
export function nth<T>(list: readonly T[], i: number): T {
  const found = list[i];
  if (found === undefined) throw new Error(`There is no element ${i} of ${list.length}.`);
  return found;
}

/** What `map` gives, as a tuple of the same length. */
export function mapped<const T extends readonly unknown[], R>(list: T, change: (one: T[number]) => R) {
  return list.map(change) as { -readonly [K in keyof T]: R };
}
