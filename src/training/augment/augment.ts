/**
 * Writes a random variant of the standardised example at `source[from]` to `target[to]`; the two may not overlap. The
 * same state of `next`, a generator of numbers in [0, 1), gives the same variant.
 */
export type Augment = (
  source: Float32Array,
  from: number,
  target: Float32Array,
  to: number,
  next: () => number,
) => void;
