// Winograd's micro-kernels: the 4x8 tiles of f32_gemm_4x8.ts where both operands lie in panels of 8 columns, so that one
// pointer each does, with the loop over the rows inside.

import { ROW } from './panels';
import { f32Bytes, madd, zero } from './simd';

/**
 * C [tiles][8] = A [tiles][k] · B [k][8]; tiles in fours.
 * @param panel Bytes from one panel of A to the next, which has the next 8 of k.
 */
export function f32_winograd_4x8(a: usize, panel: usize, fours: i32, k: i32, b: usize, c: usize): void {
  for (; fours > 0; fours--) {
    let c00 = zero();
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
    let row = b;
    let from = a;
    for (let left = k; left > 0; left -= 8) {
      for (const end = from + f32Bytes(min(left, 8)); from < end; from += 4) {
        const b0 = v128.load(row);
        const b1 = v128.load(row, 16);
        let s = v128.load_splat<f32>(from);
        c00 = madd(s, b0, c00);
        c01 = madd(s, b1, c01);
        s = v128.load_splat<f32>(from, 32);
        c10 = madd(s, b0, c10);
        c11 = madd(s, b1, c11);
        s = v128.load_splat<f32>(from, 64);
        c20 = madd(s, b0, c20);
        c21 = madd(s, b1, c21);
        s = v128.load_splat<f32>(from, 96);
        c30 = madd(s, b0, c30);
        c31 = madd(s, b1, c31);
        row += ROW;
      }
      from += panel - ROW;
    }
    v128.store(c, c00);
    v128.store(c, c01, 16);
    v128.store(c, c10, 32);
    v128.store(c, c11, 48);
    v128.store(c, c20, 64);
    v128.store(c, c21, 80);
    v128.store(c, c30, 96);
    v128.store(c, c31, 112);
    a += ROW << 2;
    c += ROW << 2;
  }
}

/** C [k][8] += A [tiles][k]ᵀ · B [tiles][8]; k in fours. */
export function f32_winograd_tn_4x8(a: usize, panel: usize, tiles: i32, k: i32, b: usize, c: usize): void {
  const end = b + <usize>tiles * ROW;
  for (let channel = 0; channel < k; channel += 4) {
    let c00 = v128.load(c);
    let c01 = v128.load(c, 16);
    let c10 = v128.load(c, 32);
    let c11 = v128.load(c, 48);
    let c20 = v128.load(c, 64);
    let c21 = v128.load(c, 80);
    let c30 = v128.load(c, 96);
    let c31 = v128.load(c, 112);
    let from = a + <usize>(channel >> 3) * panel + f32Bytes(channel & 4);
    for (let row = b; row < end; row += ROW) {
      const b0 = v128.load(row);
      const b1 = v128.load(row, 16);
      let s = v128.load_splat<f32>(from);
      c00 = madd(s, b0, c00);
      c01 = madd(s, b1, c01);
      s = v128.load_splat<f32>(from, 4);
      c10 = madd(s, b0, c10);
      c11 = madd(s, b1, c11);
      s = v128.load_splat<f32>(from, 8);
      c20 = madd(s, b0, c20);
      c21 = madd(s, b1, c21);
      s = v128.load_splat<f32>(from, 12);
      c30 = madd(s, b0, c30);
      c31 = madd(s, b1, c31);
      from += ROW;
    }
    v128.store(c, c00);
    v128.store(c, c01, 16);
    v128.store(c, c10, 32);
    v128.store(c, c11, 48);
    v128.store(c, c20, 64);
    v128.store(c, c21, 80);
    v128.store(c, c30, 96);
    v128.store(c, c31, 112);
    c += ROW << 2;
  }
}
