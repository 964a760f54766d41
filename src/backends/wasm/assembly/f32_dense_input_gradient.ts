// The dense layer's gradient by its input: dot products of rows of dy and of the weight, both contiguous.

import { f32_relu_gradient } from './f32_elementwise';
import { check, f32Bytes, madd, zero } from './simd';

/**
 * dx [rows, inputs] = dy [rows, units] · weightᵀ of the weight [inputs, units]: columns `first` to `last` of it. Threads
 * split the columns, with the same result bit by bit.
 * @param mask x [rows, inputs], or 0: where it is a number not above 0, dx is 0, for x came out of a ReLU.
 * @param first A multiple of 8, as is `last`, unless it is `inputs`.
 */
export function f32_dense_input_gradient(
  dy: usize,
  weight: usize,
  dx: usize,
  mask: usize,
  rows: i32,
  inputs: i32,
  units: i32,
  first: i32,
  last: i32,
): void {
  check(dy, f32Bytes(rows * units));
  check(weight, f32Bytes(inputs * units));
  check(dx, f32Bytes(rows * inputs));
  check(mask, mask ? f32Bytes(rows * inputs) : 0);
  const row = f32Bytes(units);
  const dxRow = f32Bytes(inputs);
  const high = rows < 4 ? 1 : 4;
  const step = rows < 4 ? <usize>0 : row; // of few rows, each is taken four times
  const dxStep = rows < 4 ? <usize>0 : dxRow;
  const paired = units < 4 ? first : first + ((last - first) & ~1);
  for (let j = first; j < paired; j += 2) {
    const w = weight + <usize>j * row;
    const to = dx + f32Bytes(j);
    for (let next = 0; next < rows; next += high) {
      const i = min(next, rows - high); // repeats some rows
      dots4x2(dy + <usize>i * row, step, w, row, to + <usize>i * dxRow, dxStep);
    }
  }
  for (let j = paired; j < last; j++) dots(dy, weight + <usize>j * row, dx + f32Bytes(j), rows, row, dxRow);
  for (let i = 0; mask && i < rows; i++) {
    const at = (<usize>i * inputs + first) << 2;
    f32_relu_gradient(dx + at, mask + at, dx + at, last - first);
  }
}

/** Dot products of 4 rows of dy, `step` bytes apart, and 2 of the weight, of `row` bytes. */
// @inline
function dots4x2(d0: usize, step: usize, w0: usize, row: usize, dx: usize, dxStep: usize): void {
  let w1 = w0 + row;
  let d1 = d0 + step;
  let d2 = d1 + step;
  let d3 = d2 + step;
  let a0 = zero();
  let a1 = a0;
  let b0 = a0;
  let b1 = a0;
  let c0 = a0;
  let c1 = a0;
  let e0 = a0;
  let e1 = a0;
  if (row & 15) {
    // What whole vectors leave is in the last four values; the others of those are set to 0 on both sides.
    const rest = i32x4.ge_s(i32x4(0, 1, 2, 3), i32x4.splat(4 - ((<i32>(row >> 2)) & 3)));
    const at = row - 16;
    const v0 = v128.and(v128.load(w0 + at), rest);
    const v1 = v128.and(v128.load(w1 + at), rest);
    let s = v128.and(v128.load(d0 + at), rest);
    a0 = f32x4.mul(s, v0);
    a1 = f32x4.mul(s, v1);
    s = v128.and(v128.load(d1 + at), rest);
    b0 = f32x4.mul(s, v0);
    b1 = f32x4.mul(s, v1);
    s = v128.and(v128.load(d2 + at), rest);
    c0 = f32x4.mul(s, v0);
    c1 = f32x4.mul(s, v1);
    s = v128.and(v128.load(d3 + at), rest);
    e0 = f32x4.mul(s, v0);
    e1 = f32x4.mul(s, v1);
  }
  const end = w0 + (row & ~15);
  do {
    const v0 = v128.load(w0);
    const v1 = v128.load(w1);
    let s = v128.load(d0);
    a0 = madd(s, v0, a0);
    a1 = madd(s, v1, a1);
    s = v128.load(d1);
    b0 = madd(s, v0, b0);
    b1 = madd(s, v1, b1);
    s = v128.load(d2);
    c0 = madd(s, v0, c0);
    c1 = madd(s, v1, c1);
    s = v128.load(d3);
    e0 = madd(s, v0, e0);
    e1 = madd(s, v1, e1);
    d0 += 16;
    d1 += 16;
    d2 += 16;
    d3 += 16;
    w0 += 16;
    w1 += 16;
  } while (w0 < end);
  const ab = sums(a0, a1, b0, b1);
  const ce = sums(c0, c1, e0, e1);
  v128.store_lane<f64>(dx, ab, 0);
  dx += dxStep;
  v128.store_lane<f64>(dx, ab, 1);
  dx += dxStep;
  v128.store_lane<f64>(dx, ce, 0);
  dx += dxStep;
  v128.store_lane<f64>(dx, ce, 1);
}

/** The sums of each vector's lanes. */
// @inline
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** Dot products of all rows of dy and one of the weight: an odd column, or rows with fewer values than a vector. */
function dots(dy: usize, weight: usize, dx: usize, rows: i32, row: usize, dxRow: usize): void {
  for (; rows > 0; rows--) {
    let sum: f32 = 0;
    for (let at: usize = 0; at < row; at += 4) sum += load<f32>(dy + at) * load<f32>(weight + at);
    store<f32>(dx, sum);
    dy += row;
    dx += dxRow;
  }
}
