// The tiles of a dense layer's forward pass: 6 or 4 rows of x by 8 columns of the weight where they lie. Twelve sums, two
// vectors of the weight and one value of x are all the registers that V8 has. The sums stay in y between calls.

import { f32Bytes, loadPart, madd, storePart } from './simd';

/**
 * y[6][8] += x[6][count] · weight[count][8].
 * @param xRow Bytes of a row of x; `row` of one of the weight, and of y.
 */
export function f32_dense_6x8(x: usize, xRow: usize, count: i32, weight: usize, row: usize, y: usize): void {
  let x1 = x + xRow;
  let x2 = x1 + xRow;
  let x3 = x2 + xRow;
  let x4 = x3 + xRow;
  let x5 = x4 + xRow;
  let at = y;
  let y00 = v128.load(at);
  let y01 = v128.load(at, 16);
  at += row;
  let y10 = v128.load(at);
  let y11 = v128.load(at, 16);
  at += row;
  let y20 = v128.load(at);
  let y21 = v128.load(at, 16);
  at += row;
  let y30 = v128.load(at);
  let y31 = v128.load(at, 16);
  at += row;
  let y40 = v128.load(at);
  let y41 = v128.load(at, 16);
  at += row;
  let y50 = v128.load(at);
  let y51 = v128.load(at, 16);
  const end = x + f32Bytes(count);
  while (x < end) {
    const w0 = v128.load(weight);
    const w1 = v128.load(weight, 16);
    let s = v128.load_splat<f32>(x);
    y00 = madd(s, w0, y00);
    y01 = madd(s, w1, y01);
    s = v128.load_splat<f32>(x1);
    y10 = madd(s, w0, y10);
    y11 = madd(s, w1, y11);
    s = v128.load_splat<f32>(x2);
    y20 = madd(s, w0, y20);
    y21 = madd(s, w1, y21);
    s = v128.load_splat<f32>(x3);
    y30 = madd(s, w0, y30);
    y31 = madd(s, w1, y31);
    s = v128.load_splat<f32>(x4);
    y40 = madd(s, w0, y40);
    y41 = madd(s, w1, y41);
    s = v128.load_splat<f32>(x5);
    y50 = madd(s, w0, y50);
    y51 = madd(s, w1, y51);
    x += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
    x4 += 4;
    x5 += 4;
    weight += row;
  }
  v128.store(y, y00);
  v128.store(y, y01, 16);
  y += row;
  v128.store(y, y10);
  v128.store(y, y11, 16);
  y += row;
  v128.store(y, y20);
  v128.store(y, y21, 16);
  y += row;
  v128.store(y, y30);
  v128.store(y, y31, 16);
  y += row;
  v128.store(y, y40);
  v128.store(y, y41, 16);
  y += row;
  v128.store(y, y50);
  v128.store(y, y51, 16);
}

/** The same with 4 rows. */
export function f32_dense_4x8(x: usize, xRow: usize, count: i32, weight: usize, row: usize, y: usize): void {
  let x1 = x + xRow;
  let x2 = x1 + xRow;
  let x3 = x2 + xRow;
  let at = y;
  let y00 = v128.load(at);
  let y01 = v128.load(at, 16);
  at += row;
  let y10 = v128.load(at);
  let y11 = v128.load(at, 16);
  at += row;
  let y20 = v128.load(at);
  let y21 = v128.load(at, 16);
  at += row;
  let y30 = v128.load(at);
  let y31 = v128.load(at, 16);
  const end = x + f32Bytes(count);
  while (x < end) {
    const w0 = v128.load(weight);
    const w1 = v128.load(weight, 16);
    let s = v128.load_splat<f32>(x);
    y00 = madd(s, w0, y00);
    y01 = madd(s, w1, y01);
    s = v128.load_splat<f32>(x1);
    y10 = madd(s, w0, y10);
    y11 = madd(s, w1, y11);
    s = v128.load_splat<f32>(x2);
    y20 = madd(s, w0, y20);
    y21 = madd(s, w1, y21);
    s = v128.load_splat<f32>(x3);
    y30 = madd(s, w0, y30);
    y31 = madd(s, w1, y31);
    x += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
    weight += row;
  }
  v128.store(y, y00);
  v128.store(y, y01, 16);
  y += row;
  v128.store(y, y10);
  v128.store(y, y11, 16);
  y += row;
  v128.store(y, y20);
  v128.store(y, y21, 16);
  y += row;
  v128.store(y, y30);
  v128.store(y, y31, 16);
}

/** y[4][columns] += x[4][count] · weight[count][columns] of 1 to 4 columns. */
export function f32_dense_4x4(
  x: usize,
  xRow: usize,
  count: i32,
  weight: usize,
  row: usize,
  y: usize,
  columns: i32,
): void {
  const x1 = x + xRow;
  const x2 = x1 + xRow;
  const x3 = x2 + xRow;
  const y1 = y + row;
  const y2 = y1 + row;
  const y3 = y2 + row;
  let a = loadPart(y, columns);
  let b = loadPart(y1, columns);
  let c = loadPart(y2, columns);
  let d = loadPart(y3, columns);
  for (let at: usize = 0, end = f32Bytes(count); at < end; at += 4) {
    const w = loadPart(weight, columns);
    a = madd(v128.load_splat<f32>(x + at), w, a);
    b = madd(v128.load_splat<f32>(x1 + at), w, b);
    c = madd(v128.load_splat<f32>(x2 + at), w, c);
    d = madd(v128.load_splat<f32>(x3 + at), w, d);
    weight += row;
  }
  storePart(y, a, columns);
  storePart(y1, b, columns);
  storePart(y2, c, columns);
  storePart(y3, d, columns);
}
