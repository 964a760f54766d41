/**
 * Images and their classes.
 *
 * @typedef {object} Part
 * @property {Uint8Array} images [N, H, W, C], flat
 * @property {Uint8Array} labels [N], indices into the dataset's `labels`
 */

/**
 * A dataset; `test` is for measuring, never for choosing.
 *
 * @typedef {object} Dataset
 * @property {Part} train
 * @property {Part} test
 * @property {number[]} shape [H, W, C] of one image
 * @property {string[]} labels names of the classes
 */

/**
 * As many examples of every class, in random order.
 *
 * @param {ArrayLike<number>} labels
 * @param {number} perClass
 * @param {number} seed
 * @returns {number[]} indices into `labels`
 * @throws {Error} if a class has too few
 */
export function stratified(labels, perClass, seed) {
  const missing = new Map(Array.from(labels, (label) => [label, perClass]));
  const chosen = shuffled(labels.length, seed).filter((i) => {
    const left = missing.get(labels[i]) ?? 0;
    if (left > 0) missing.set(labels[i], left - 1);
    return left > 0;
  });
  for (const [label, left] of missing) {
    if (left > 0) throw new Error(`class ${label} has ${perClass - left} examples, expected at least ${perClass}`);
  }
  return chosen;
}

/**
 * Holds back a part in which every class has its share, to within one example.
 *
 * @param {ArrayLike<number>} labels
 * @param {number} holdOut how many examples, or below 1 which share of them
 * @param {number} seed
 * @returns {{ train: number[], validation: number[] }} indices into `labels`, ascending
 * @throws {RangeError} if there are not that many
 */
export function split(labels, holdOut, seed) {
  const total = labels.length;
  const count = holdOut < 1 ? Math.round(holdOut * total) : holdOut;
  if (!Number.isInteger(count) || count < 0 || count > total) {
    throw new RangeError(`cannot hold back ${holdOut} of ${total} examples`);
  }
  // Evenly spaced places in a list sorted by class (the sort is stable, so random within a class).
  const byClass = shuffled(total, seed).sort((i, j) => labels[i] - labels[j]);
  const held = byClass.filter((_, at) => Math.floor(((at + 1) * count) / total) > Math.floor((at * count) / total));
  const isHeld = new Set(held);
  return {
    train: byClass.filter((i) => !isHeld.has(i)).sort((i, j) => i - j),
    validation: held.sort((i, j) => i - j),
  };
}

/**
 * The examples at `indices`, copied.
 *
 * @param {Part} part
 * @param {ArrayLike<number>} indices
 * @returns {Part}
 */
export function pick({ images, labels }, indices) {
  const size = images.length / labels.length;
  const picked = { images: new Uint8Array(indices.length * size), labels: new Uint8Array(indices.length) };
  for (let to = 0; to < indices.length; to++) {
    const from = indices[to];
    picked.images.set(images.subarray(from * size, (from + 1) * size), to * size);
    picked.labels[to] = labels[from];
  }
  return picked;
}

/** 0 to count - 1 in random order (Fisher and Yates). @param {number} count @param {number} seed */
export function shuffled(count, seed) {
  const random = mulberry32(seed);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** Uniform numbers in [0, 1): the mulberry32 generator (Tommy Ettinger, public domain). @param {number} seed */
function mulberry32(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), 61 | bits);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
