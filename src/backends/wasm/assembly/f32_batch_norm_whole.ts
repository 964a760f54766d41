// Batch norm of all rows in one call, for the tfjs kernels of our own (../kernels/layers.ts) alone. Sums over the rows are
// taken sixteen channels (a cache line) at a time, the rest row by row.

import { f32_sum_rows } from './f32_elementwise';
import { check, checkScratch, loadPart, madd, storePart, zero } from './simd';

/** Scratch memory for the gradient: three values a channel. */
export function f32_batch_norm_gradient_scratch(channels: i32): usize {
  return 3 * (<usize>channels << 2);
}

// @ts-ignore: decorator
@inline
function at(c: i32, channels: i32): usize {
  return channels < 4 ? 0 : <usize>min(c, channels - 4) << 2;
}

/**
 * y = (x - mean) / √(variance + epsilon) · scale + shift, then perhaps ReLU. Also yields mean [C] and inverse [C] =
 * 1 / √(variance + epsilon) for the gradient, and moves the running mean and the running (unbiased) variance towards
 * the batch's by `momentum`, in place.
 */
export function f32_batch_norm(
  x: usize,
  scale: usize,
  shift: usize,
  runningMean: usize,
  runningVariance: usize,
  y: usize,
  mean: usize,
  inverse: usize,
  rows: i32,
  channels: i32,
  epsilon: f32,
  momentum: f32,
  relu: bool,
): void {
  const row = <usize>channels << 2;
  const bytes = <usize>rows * row;
  check(x, bytes);
  check(y, bytes);
  f32_sum_rows(x, mean, rows, channels);
  for (let c: usize = 0; c < row; c += 4) store<f32>(mean + c, load<f32>(mean + c) / <f32>rows);
  sumSquares(x, mean, inverse, rows, channels);
  const unbiased = <f32>rows / <f32>max(1, rows - 1);
  for (let c: usize = 0; c < row; c += 4) {
    const variance = load<f32>(inverse + c) / <f32>rows;
    store<f32>(inverse + c, <f32>1 / sqrt<f32>(variance + epsilon));
    store<f32>(runningMean + c, (<f32>1 - momentum) * load<f32>(runningMean + c) + momentum * load<f32>(mean + c));
    const moved = (<f32>1 - momentum) * load<f32>(runningVariance + c) + momentum * variance * unbiased;
    store<f32>(runningVariance + c, moved);
  }
  const lanes = min(4, channels);
  const z = zero();
  for (let end = x + bytes; x < end; x += row) {
    for (let c = 0; c < channels; c += 4) {
      const o = at(c, channels);
      const factor = f32x4.mul(loadPart(inverse + o, lanes), loadPart(scale + o, lanes));
      const centred = f32x4.sub(loadPart(x + o, lanes), loadPart(mean + o, lanes));
      let v = madd(centred, factor, loadPart(shift + o, lanes));
      if (relu) v = f32x4.max(v, z);
      storePart(y + o, v, lanes);
    }
    y += row;
  }
}

/** sum [C] of (x - mean)² over the rows. */
function sumSquares(x: usize, mean: usize, sum: usize, rows: i32, channels: i32): void {
  const row = <usize>channels << 2;
  const bytes = <usize>rows * row;
  let c = 0;
  for (; c + 16 <= channels; c += 16) {
    const o = <usize>c << 2;
    const m0 = v128.load(mean + o);
    const m1 = v128.load(mean + o, 16);
    const m2 = v128.load(mean + o, 32);
    const m3 = v128.load(mean + o, 48);
    let s0 = zero();
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let p = x + o, end = p + bytes; p < end; p += row) {
      const d0 = f32x4.sub(v128.load(p), m0);
      const d1 = f32x4.sub(v128.load(p, 16), m1);
      const d2 = f32x4.sub(v128.load(p, 32), m2);
      const d3 = f32x4.sub(v128.load(p, 48), m3);
      s0 = madd(d0, d0, s0);
      s1 = madd(d1, d1, s1);
      s2 = madd(d2, d2, s2);
      s3 = madd(d3, d3, s3);
    }
    v128.store(sum + o, s0);
    v128.store(sum + o, s1, 16);
    v128.store(sum + o, s2, 32);
    v128.store(sum + o, s3, 48);
  }
  const lanes = min(4, channels);
  for (; c < channels; c += 4) {
    const o = at(c, channels);
    const m = loadPart(mean + o, lanes);
    let s = zero();
    for (let p = x + o, end = p + bytes; p < end; p += row) {
      const d = f32x4.sub(loadPart(p, lanes), m);
      s = madd(d, d, s);
    }
    storePart(sum + o, s, lanes);
  }
}

/** dy at offset i, where ReLU let it through (`y` is 0 without one). */
// @ts-ignore: decorator
@inline
function through(dy: usize, y: usize, i: usize, lanes: i32): v128 {
  const g = loadPart(dy + i, lanes);
  return y ? v128.andnot(g, f32x4.le(loadPart(y + i, lanes), zero())) : g;
}

/**
 * dx, dscale [C] and dshift [C] of dy. With z = (x - mean) · inverse: dshift = Σ dy, dscale = Σ dy · z, and
 * dx = scale · inverse · (dy - dshift / rows - z · dscale / rows).
 * @param y The output, where ReLU came after; otherwise 0.
 */
export function f32_batch_norm_gradient(
  x: usize,
  y: usize,
  dy: usize,
  mean: usize,
  inverse: usize,
  scale: usize,
  dx: usize,
  dscale: usize,
  dshift: usize,
  rows: i32,
  channels: i32,
  scratch: usize,
  end: usize,
): void {
  const row = <usize>channels << 2;
  const bytes = <usize>rows * row;
  check(x, bytes);
  check(dy, bytes);
  check(dx, bytes);
  checkScratch(scratch, scratch + 3 * row, end);
  sumGradients(x, y, dy, mean, dscale, dshift, rows, channels);
  // dx = factor · dy - offset - slope · (x - mean)
  const slope = scratch + row;
  const offset = slope + row;
  for (let c: usize = 0; c < row; c += 4) {
    const inv = load<f32>(inverse + c);
    const dot = load<f32>(dscale + c) * inv;
    const factor = load<f32>(scale + c) * inv;
    store<f32>(dscale + c, dot);
    store<f32>(scratch + c, factor);
    store<f32>(slope + c, (factor * dot * inv) / <f32>rows);
    store<f32>(offset + c, (factor * load<f32>(dshift + c)) / <f32>rows);
  }
  const lanes = min(4, channels);
  for (let i: usize = 0; i < bytes; i += row)
    for (let c = 0; c < channels; c += 4) {
      const o = at(c, channels);
      const g = f32x4.mul(loadPart(scratch + o, lanes), through(dy, y, i + o, lanes));
      const centred = f32x4.sub(loadPart(x + i + o, lanes), loadPart(mean + o, lanes));
      const v = f32x4.sub(f32x4.sub(g, loadPart(offset + o, lanes)), f32x4.mul(centred, loadPart(slope + o, lanes)));
      storePart(dx + i + o, v, lanes);
    }
}

/** Sums over the rows: `sum` of dy and `dot` of dy · (x - mean). */
function sumGradients(
  x: usize,
  y: usize,
  dy: usize,
  mean: usize,
  dot: usize,
  sum: usize,
  rows: i32,
  channels: i32,
): void {
  const row = <usize>channels << 2;
  const bytes = <usize>rows * row;
  let c = 0;
  for (; c + 16 <= channels; c += 16) {
    const o = <usize>c << 2;
    const m0 = v128.load(mean + o);
    const m1 = v128.load(mean + o, 16);
    const m2 = v128.load(mean + o, 32);
    const m3 = v128.load(mean + o, 48);
    let s0 = zero();
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let d0 = s0;
    let d1 = s0;
    let d2 = s0;
    let d3 = s0;
    for (let i = o; i < bytes; i += row) {
      const g0 = through(dy, y, i, 4);
      s0 = f32x4.add(s0, g0);
      d0 = madd(g0, f32x4.sub(v128.load(x + i), m0), d0);
      const g1 = through(dy, y, i + 16, 4);
      s1 = f32x4.add(s1, g1);
      d1 = madd(g1, f32x4.sub(v128.load(x + i, 16), m1), d1);
      const g2 = through(dy, y, i + 32, 4);
      s2 = f32x4.add(s2, g2);
      d2 = madd(g2, f32x4.sub(v128.load(x + i, 32), m2), d2);
      const g3 = through(dy, y, i + 48, 4);
      s3 = f32x4.add(s3, g3);
      d3 = madd(g3, f32x4.sub(v128.load(x + i, 48), m3), d3);
    }
    v128.store(sum + o, s0);
    v128.store(sum + o, s1, 16);
    v128.store(sum + o, s2, 32);
    v128.store(sum + o, s3, 48);
    v128.store(dot + o, d0);
    v128.store(dot + o, d1, 16);
    v128.store(dot + o, d2, 32);
    v128.store(dot + o, d3, 48);
  }
  const lanes = min(4, channels);
  for (; c < channels; c += 4) {
    const o = at(c, channels);
    const m = loadPart(mean + o, lanes);
    let s = zero();
    let d = zero();
    for (let i = o; i < bytes; i += row) {
      const g = through(dy, y, i, lanes);
      s = f32x4.add(s, g);
      d = madd(g, f32x4.sub(loadPart(x + i, lanes), m), d);
    }
    storePart(sum + o, s, lanes);
    storePart(dot + o, d, lanes);
  }
}
