/**
 * Compares numbers one by one; a difference may be `tolerance` times the greatest of the values expected, or 1.
 * @throws with the worst place, so that a wrong layout is told from a wrong rounding.
 */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = 'values',
): void {
  if (actual.length !== expected.length) throw new Error(`${what}: got ${actual.length}, expected ${expected.length}`);
  const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  let worst = -1;
  let difference = tolerance * scale;
  for (let i = 0; i < actual.length; i++) {
    const here = Math.abs((actual[i] ?? NaN) - (expected[i] ?? NaN));
    if (here <= difference) continue; // NaN is not
    worst = i;
    if (Number.isNaN(here)) break;
    difference = here;
  }
  if (worst >= 0)
    throw new Error(`${what}: at ${worst} of ${actual.length} got ${actual[worst]}, expected ${expected[worst]}`);
}
