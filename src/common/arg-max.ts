/** Index of the greatest of a row's values; of equal ones the first. */
export function argMax(values: ArrayLike<number>, start = 0, length = values.length): number {
  let best = 0;
  let most = values[start] ?? NaN;
  for (let i = 1; i < length; i++) {
    const value = values[start + i] ?? NaN;
    if (!(value > most)) continue;
    best = i;
    most = value;
  }
  return best;
}
