// Batch norm over x [rows, C] by the batch's own mean and variance, with its gradient. Four channels at a time, in
// passes over the rows; where the channels are no multiple of four, the last four repeat some.

import { check, loadPart, madd, storePart, zero } from './simd';

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
  const lanes = min(4, channels);
  const one = f32x4.splat(1);
  const many = f32x4.splat(<f32>rows);
  const unbiased = f32x4.splat(<f32>rows / <f32>max(1, rows - 1));
  const move = f32x4.splat(momentum);
  const stay = f32x4.splat(1 - momentum);
  const z = zero();
  // The running statistics change in place: no channel may be met twice there.
  for (let c = 0; c < channels; c += 4) {
    const o = at(c, channels);
    const from = x + o;
    const end = from + bytes;
    let s0 = z;
    let s1 = z;
    let p = from;
    if (lanes == 4) {
      for (; p + row < end; p += 2 * row) {
        s0 = f32x4.add(s0, v128.load(p));
        s1 = f32x4.add(s1, v128.load(p + row));
      }
    }
    for (; p < end; p += row) s0 = f32x4.add(s0, loadPart(p, lanes));
    const m = f32x4.div(f32x4.add(s0, s1), many);
    s0 = z;
    s1 = z;
    p = from;
    if (lanes == 4) {
      for (; p + row < end; p += 2 * row) {
        const a = f32x4.sub(v128.load(p), m);
        const b = f32x4.sub(v128.load(p + row), m);
        s0 = madd(a, a, s0);
        s1 = madd(b, b, s1);
      }
    }
    for (; p < end; p += row) {
      const a = f32x4.sub(loadPart(p, lanes), m);
      s0 = madd(a, a, s0);
    }
    const variance = f32x4.div(f32x4.add(s0, s1), many);
    const inv = f32x4.div(one, f32x4.sqrt(f32x4.add(variance, f32x4.splat(epsilon))));
    storePart(mean + o, m, lanes);
    storePart(inverse + o, inv, lanes);
    const left = min(4, channels - c); // of these, the last ones are new
    const running = f32x4.add(f32x4.mul(stay, loadPart(runningMean + o, lanes)), f32x4.mul(move, m));
    storeLast(runningMean + o, running, lanes, left);
    const spread = f32x4.mul(variance, unbiased);
    const moved = f32x4.add(f32x4.mul(stay, loadPart(runningVariance + o, lanes)), f32x4.mul(move, spread));
    storeLast(runningVariance + o, moved, lanes, left);

    const factor = f32x4.mul(inv, loadPart(scale + o, lanes));
    const offset = loadPart(shift + o, lanes);
    let to = y + o;
    for (p = from; p < end; p += row) {
      let v = madd(f32x4.sub(lanes == 4 ? v128.load(p) : loadPart(p, lanes), m), factor, offset);
      if (relu) v = f32x4.max(v, z);
      storePart(to, v, lanes);
      to += row;
    }
  }
}

/** Of the first `lanes` floats of v, stores the last `count`. */
function storeLast(pointer: usize, v: v128, lanes: i32, count: i32): void {
  if (lanes > 0 && lanes - 0 <= count) store<f32>(pointer, f32x4.extract_lane(v, 0));
  if (lanes > 1 && lanes - 1 <= count) store<f32>(pointer, f32x4.extract_lane(v, 1), 4);
  if (lanes > 2 && lanes - 2 <= count) store<f32>(pointer, f32x4.extract_lane(v, 2), 8);
  if (lanes > 3 && lanes - 3 <= count) store<f32>(pointer, f32x4.extract_lane(v, 3), 12);
}

/**
 * dx, dscale [C] and dshift [C] of dy. With z = (x - mean) · inverse: dshift = Σ dy, dscale = Σ dy · z, and
 * dx = scale · inverse · (dy - dshift / rows - z · dscale / rows) (Ioffe and Szegedy 2015).
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
): void {
  const row = <usize>channels << 2;
  const bytes = <usize>rows * row;
  check(x, bytes);
  check(dy, bytes);
  check(dx, bytes);
  const lanes = min(4, channels);
  const many = f32x4.splat(<f32>rows);
  const none = zero();
  for (let c = 0; c < channels; c += 4) {
    const o = at(c, channels);
    const m = loadPart(mean + o, lanes);
    const inv = loadPart(inverse + o, lanes);
    let sum = none;
    let dot = none;
    for (let i = o; i < bytes; i += row) {
      let g = loadPart(dy + i, lanes);
      if (y) g = v128.andnot(g, f32x4.le(loadPart(y + i, lanes), none));
      sum = f32x4.add(sum, g);
      dot = madd(g, f32x4.sub(loadPart(x + i, lanes), m), dot);
    }
    dot = f32x4.mul(dot, inv);
    storePart(dshift + o, sum, lanes);
    storePart(dscale + o, dot, lanes);
    const factor = f32x4.mul(loadPart(scale + o, lanes), inv);
    const a = f32x4.div(sum, many);
    const b = f32x4.div(f32x4.mul(dot, inv), many);
    for (let i = o; i < bytes; i += row) {
      let g = loadPart(dy + i, lanes);
      if (y) g = v128.andnot(g, f32x4.le(loadPart(y + i, lanes), none));
      const centred = f32x4.sub(loadPart(x + i, lanes), m);
      storePart(dx + i, f32x4.mul(factor, f32x4.sub(f32x4.sub(g, a), f32x4.mul(centred, b))), lanes);
    }
  }
}
