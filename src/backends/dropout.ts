// Which values a dropout zeroes: a hash of the seed, the step, the dropout and the value's place in the batch. It depends
// on no order, so threads, devices and the backward pass have the same mask without keeping one.

/** A number of 32 bits from another one (Chris Wellons's lowbias32, public domain). */
function hash(bits: number): number {
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** The key of a step's masks, 32 bits. */
export function dropoutKey(seed: number, step: number): number {
  return hash(hash(seed | 0) + step);
}

/** What is compared with a value's hash: below it, the value is zeroed. */
export function dropoutThreshold(rate: number): number {
  return Math.min(0xffffffff, Math.round(rate * 2 ** 32));
}

/**
 * The factors of `count` values from the one numbered `first` in the batch: 0 or 1 / (1 - rate).
 * @param site Which of the network's dropouts it is.
 */
export function dropoutMask(key: number, site: number, rate: number, count: number, first = 0): Float32Array {
  const own = hash(key + site);
  const threshold = dropoutThreshold(rate);
  const scale = 1 / (1 - rate);
  return Float32Array.from({ length: count }, (_, i) => (hash(own + first + i) < threshold ? 0 : scale));
}
