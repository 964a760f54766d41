// One row times a matrix: bound by memory, hence the matrix is read in its order, four rows at a time.

import { f32Bytes, loadPart, madd, storePart } from './simd';

/**
 * y [columns] += x [count] · matrix [count, columns].
 * @param xStep Bytes from one value of x to the next; `row` from one row of the matrix to the next.
 */
export function f32_dense_row(
  x: usize,
  xStep: usize,
  matrix: usize,
  row: usize,
  count: i32,
  y: usize,
  columns: i32,
): void {
  const bytes = f32Bytes(columns);
  const end = y + bytes;
  const whole = y + (bytes & ~31);
  for (; count >= 4; count -= 4) {
    const s0 = v128.load_splat<f32>(x);
    const s1 = v128.load_splat<f32>(x + xStep);
    const s2 = v128.load_splat<f32>(x + 2 * xStep);
    const s3 = v128.load_splat<f32>(x + 3 * xStep);
    let m0 = matrix;
    let m1 = m0 + row;
    let m2 = m1 + row;
    let m3 = m2 + row;
    let to = y;
    while (to < whole) {
      let y0 = v128.load(to);
      let y1 = v128.load(to, 16);
      y0 = madd(s0, v128.load(m0), y0);
      y1 = madd(s0, v128.load(m0, 16), y1);
      y0 = madd(s1, v128.load(m1), y0);
      y1 = madd(s1, v128.load(m1, 16), y1);
      y0 = madd(s2, v128.load(m2), y0);
      y1 = madd(s2, v128.load(m2, 16), y1);
      y0 = madd(s3, v128.load(m3), y0);
      y1 = madd(s3, v128.load(m3, 16), y1);
      v128.store(to, y0);
      v128.store(to, y1, 16);
      m0 += 32;
      m1 += 32;
      m2 += 32;
      m3 += 32;
      to += 32;
    }
    while (to < end) {
      const few = min(4, <i32>((end - to) >> 2));
      let v = madd(s0, loadPart(m0, few), loadPart(to, few));
      v = madd(s1, loadPart(m1, few), v);
      v = madd(s2, loadPart(m2, few), v);
      v = madd(s3, loadPart(m3, few), v);
      storePart(to, v, few);
      m0 += 16;
      m1 += 16;
      m2 += 16;
      m3 += 16;
      to += 16;
    }
    x += 4 * xStep;
    matrix += 4 * row;
  }
  for (; count > 0; count--) {
    const s = v128.load_splat<f32>(x);
    for (let to = y, m = matrix; to < end; to += 16) {
      const few = min(4, <i32>((end - to) >> 2));
      storePart(to, madd(s, loadPart(m, few), loadPart(to, few)), few);
      m += 16;
    }
    x += xStep;
    matrix += row;
  }
}
