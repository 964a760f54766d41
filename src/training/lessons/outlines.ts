import type { Preprocessing } from '../../types.js';

/** So many frequencies along each axis: what is finer than a pen's stroke differs between two renderings of one drawing. */
const FREQUENCIES = 8;
/** Of smaller pictures it would be no summary. */
const LEAST_SIDE = 8;

/** How many numbers an outline has. */
export const OUTLINE = FREQUENCIES ** 2;

/**
 * Pictures in few numbers that stay the same where a picture is moved or rendered again: the lowest frequencies of its
 * cosine transform, for ink around its centre of mass, as a vector of length 1. Coarse ones come first.
 * @param inputs [N, ...input], flat.
 * @param input Their shape: [height, width, channels], or for ink [784].
 * @returns [N, OUTLINE], flat; undefined for what are no pictures.
 */
export function outlinesOf(
  inputs: Float32Array,
  input: readonly number[],
  kind: Preprocessing['kind'],
): Float32Array | undefined {
  const [height = 0, width = 0, channels = 1] = kind === 'ink' ? [28, 28] : input.length === 3 ? input : [];
  if (height < LEAST_SIDE || width < LEAST_SIDE) return undefined;
  const size = height * width * channels;
  const count = inputs.length / size;
  const result = new Float32Array(count * OUTLINE);
  for (let i = 0; i < count; i++) {
    const grey = greyOf(inputs.subarray(i * size, (i + 1) * size), channels, kind === 'ink');
    const [x, y] = kind === 'ink' ? centreOf(grey, width) : [(width - 1) / 2, (height - 1) / 2];
    const [across, down] = [waves(width, x), waves(height, y)];
    result.set(transformed(grey, across, down), i * OUTLINE);
  }
  return result;
}

/** The mean of a picture's channels; of ink the amount of it, since paper is the least value. */
function greyOf(picture: Float32Array, channels: number, isInk: boolean): Float64Array {
  const grey = new Float64Array(picture.length / channels);
  picture.forEach((value, i) => {
    const at = Math.floor(i / channels);
    grey[at] = (grey[at] ?? 0) + value;
  });
  const mean = grey.reduce((a, b) => a + b, 0) / grey.length;
  const zero = isInk ? grey.reduce((a, b) => Math.min(a, b), Infinity) : mean;
  return grey.map((value) => value - zero);
}

/** The centre of mass. */
function centreOf(grey: Float64Array, width: number): [x: number, y: number] {
  let [mass, x, y] = [1e-9, 0, 0];
  grey.forEach((value, i) => {
    mass += value;
    x += value * (i % width);
    y += value * Math.floor(i / width);
  });
  return [x / mass, y / mass];
}

/** Half waves over twice a side, around a centre: [FREQUENCIES, length], flat; even ones are cosines, odd ones sines. */
function waves(length: number, centre: number): Float64Array {
  return Float64Array.from({ length: FREQUENCIES * length }, (_, i) => {
    const [frequency, at] = [Math.floor(i / length), i % length];
    return Math.cos(Math.PI * frequency * ((at - centre) / length + 0.5));
  });
}

/** A picture's share of each pair of waves, coarse ones first, of length 1. */
function transformed(grey: Float64Array, across: Float64Array, down: Float64Array): Float64Array {
  const [width, height] = [across.length / FREQUENCIES, down.length / FREQUENCIES];
  const rows = new Float64Array(height * FREQUENCIES);
  grey.forEach((value, i) => {
    if (value === 0) return;
    const [x, row] = [i % width, Math.floor(i / width) * FREQUENCIES];
    for (let u = 0; u < FREQUENCIES; u++) rows[row + u] = (rows[row + u] ?? 0) + value * (across[u * width + x] ?? 0);
  });
  const result = new Float64Array(OUTLINE);
  ORDER.forEach(([u, v], at) => {
    let sum = 0;
    for (let y = 0; y < height; y++) sum += (down[v * height + y] ?? 0) * (rows[y * FREQUENCIES + u] ?? 0);
    result[at] = sum;
  });
  result[0] = 0; // how much there is of it
  const norm = Math.sqrt(result.reduce((sum, value) => sum + value ** 2, 0)) || 1;
  return result.map((value) => value / norm);
}

/** Pairs of frequencies, coarse ones first. */
const ORDER = Array.from({ length: OUTLINE }, (_, i): [u: number, v: number] => [
  i % FREQUENCIES,
  Math.floor(i / FREQUENCIES),
]).sort(([a, b], [c, d]) => a + b - (c + d));
