// The two micro-kernels that all matrix products and convolutions run in: a tile of 4 rows and 8 columns in eight
// vector registers, B as panels of 8 columns. The rows' addresses are four pointers, so that rows may lie anywhere:
// in a matrix, or at four pixels of an image.

import { f32Bytes, madd, storeRow, zero } from './simd';

/**
 * C[4][8] = bias[8] + A[4][k] · B[k][8], A's rows contiguous along k in `segments` runs of `length`.
 *
 * @param panel A row of 8 biases.
 * @param b B's first row, 32 bytes a row.
 * @param aGap Bytes from one run's end to the next one's start, in each row of A; `bGap` the same in B.
 * @param columns How many of the 8 columns are stored.
 */
export function f32_gemm_4x8(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  panel: usize,
  b: usize,
  segments: i32,
  length: i32,
  aGap: usize,
  bGap: usize,
  c0: usize,
  c1: usize,
  c2: usize,
  c3: usize,
  columns: i32,
  relu: bool,
): void {
  let c00 = v128.load(panel);
  let c01 = v128.load(panel, 16);
  let c10 = c00;
  let c11 = c01;
  let c20 = c00;
  let c21 = c01;
  let c30 = c00;
  let c31 = c01;
  const run = f32Bytes(length);
  for (; segments > 0; segments--) {
    const end = a0 + run;
    while (a0 < end) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let s = v128.load_splat<f32>(a0);
      c00 = madd(s, b0, c00);
      c01 = madd(s, b1, c01);
      s = v128.load_splat<f32>(a1);
      c10 = madd(s, b0, c10);
      c11 = madd(s, b1, c11);
      s = v128.load_splat<f32>(a2);
      c20 = madd(s, b0, c20);
      c21 = madd(s, b1, c21);
      s = v128.load_splat<f32>(a3);
      c30 = madd(s, b0, c30);
      c31 = madd(s, b1, c31);
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      b += 32;
    }
    a0 += aGap;
    a1 += aGap;
    a2 += aGap;
    a3 += aGap;
    b += bGap;
  }
  if (relu) {
    const z = zero();
    c00 = f32x4.max(c00, z);
    c01 = f32x4.max(c01, z);
    c10 = f32x4.max(c10, z);
    c11 = f32x4.max(c11, z);
    c20 = f32x4.max(c20, z);
    c21 = f32x4.max(c21, z);
    c30 = f32x4.max(c30, z);
    c31 = f32x4.max(c31, z);
  }
  storeRow(c0, c00, c01, columns);
  storeRow(c1, c10, c11, columns);
  storeRow(c2, c20, c21, columns);
  storeRow(c3, c30, c31, columns);
}

/**
 * C[4][8] = A[k][4]ᵀ · B[k][8], or added to C: both operands walk along k in steps of their own.
 *
 * k runs over `images` of `rows` of `length`: after each step of a row A moves by `aStep` and B by `bStep` bytes, after
 * each row A moves by `aRow` more, after each image by `aImage` more. Four rows side by side need one pointer.
 */
export function f32_gemm_tn_4x8(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  aStep: usize,
  aRow: usize,
  aImage: usize,
  b: usize,
  bStep: usize,
  length: i32,
  rows: i32,
  images: i32,
  c0: usize,
  c1: usize,
  c2: usize,
  c3: usize,
  columns: i32,
  add: bool,
): void {
  let c00 = zero();
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  if (add) {
    c00 = v128.load(c0);
    c01 = v128.load(c0, 16);
    c10 = v128.load(c1);
    c11 = v128.load(c1, 16);
    c20 = v128.load(c2);
    c21 = v128.load(c2, 16);
    c30 = v128.load(c3);
    c31 = v128.load(c3, 16);
  }
  const run = <usize>length * bStep;
  if (a1 == a0 + 4 && a2 == a0 + 8 && a3 == a0 + 12)
    for (; images > 0; images--) {
      for (let row = rows; row > 0; row--) {
        for (const end = b + run; b < end; b += bStep) {
          const b0 = v128.load(b);
          const b1 = v128.load(b, 16);
          let s = v128.load_splat<f32>(a0);
          c00 = madd(s, b0, c00);
          c01 = madd(s, b1, c01);
          s = v128.load_splat<f32>(a0, 4);
          c10 = madd(s, b0, c10);
          c11 = madd(s, b1, c11);
          s = v128.load_splat<f32>(a0, 8);
          c20 = madd(s, b0, c20);
          c21 = madd(s, b1, c21);
          s = v128.load_splat<f32>(a0, 12);
          c30 = madd(s, b0, c30);
          c31 = madd(s, b1, c31);
          a0 += aStep;
        }
        a0 += aRow;
      }
      a0 += aImage;
    }
  else
    for (; images > 0; images--) {
      for (let row = rows; row > 0; row--) {
        for (const end = b + run; b < end; b += bStep) {
          const b0 = v128.load(b);
          const b1 = v128.load(b, 16);
          let s = v128.load_splat<f32>(a0);
          c00 = madd(s, b0, c00);
          c01 = madd(s, b1, c01);
          s = v128.load_splat<f32>(a1);
          c10 = madd(s, b0, c10);
          c11 = madd(s, b1, c11);
          s = v128.load_splat<f32>(a2);
          c20 = madd(s, b0, c20);
          c21 = madd(s, b1, c21);
          s = v128.load_splat<f32>(a3);
          c30 = madd(s, b0, c30);
          c31 = madd(s, b1, c31);
          a0 += aStep;
          a1 += aStep;
          a2 += aStep;
          a3 += aStep;
        }
        a0 += aRow;
        a1 += aRow;
        a2 += aRow;
        a3 += aRow;
      }
      a0 += aImage;
      a1 += aImage;
      a2 += aImage;
      a3 += aImage;
    }
  storeRow(c0, c00, c01, columns);
  storeRow(c1, c10, c11, columns);
  storeRow(c2, c20, c21, columns);
  storeRow(c3, c30, c31, columns);
}
