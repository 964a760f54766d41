// Numbers as networks want them.

/**
 * Square pictures of one channel with a frame of `width` around each.
 *
 * @param {Float32Array} pictures @param {number} side @param {number} width @param {number} value of the frame
 */
export function frame(pictures, side, width, value) {
  const outer = side + 2 * width;
  const framed = new Float32Array((pictures.length / side ** 2) * outer ** 2).fill(value);
  for (let row = 0; row < pictures.length / side; row++) {
    const to = Math.floor(row / side) * outer ** 2 + ((row % side) + width) * outer + width;
    framed.set(pictures.subarray(row * side, (row + 1) * side), to);
  }
  return framed;
}

/**
 * Mean and standard deviation of each feature over examples; features that never change get the deviation 1.
 *
 * @param {ArrayLike<number>} values [N, features] @param {number} features
 */
export function statisticsOf(values, features) {
  const count = values.length / features;
  const mean = new Array(features).fill(0);
  const variance = new Array(features).fill(0);
  for (let i = 0; i < values.length; i++) mean[i % features] += values[i] / count;
  for (let i = 0; i < values.length; i++) variance[i % features] += (values[i] - mean[i % features]) ** 2 / count;
  return { mean, std: variance.map((value) => Math.sqrt(value) || 1) };
}

/**
 * (value - mean) / std of each feature.
 *
 * @param {ArrayLike<number>} values @param {{ mean: number[], std: number[] }} statistics
 */
export function standardised(values, { mean, std }) {
  return Float32Array.from(values, (value, i) => (value - mean[i % mean.length]) / std[i % mean.length]);
}
