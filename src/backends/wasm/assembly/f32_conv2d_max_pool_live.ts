// Sums over live pixels, which both gradients of a pooled convolution are made of. Only one pixel of a window has a
// gradient, and none where ReLU was off; a list has the others left out. Its entries are pairs: the address of a run of
// floats, and the gradient it is multiplied by.
//
// Up to twelve vectors of the sum stay in registers while a list passes: a strip, of one or several rows of the filter.
// A row is as many strips as it needs; vectors that fill up its last strip hold nothing of use.

import { madd } from './simd';

export const ENTRY: usize = 8;

/** Vectors of a row of `floats`, filled up to whole strips. */
export function stripVectors(floats: i32): i32 {
  const vectors = (floats + 3) >> 2;
  const rest = vectors % 12;
  return vectors - rest + (rest > 8 ? 12 : rest > 4 ? 8 : rest > 2 ? 4 : rest > 0 ? (vectors > 2 ? 4 : 2) : 0);
}

/** Rows of `vectors` that fit into a strip at once. */
export function stripRows(vectors: i32): i32 {
  return vectors == 2 ? 3 : 1;
}

/**
 * `to` += the sum of gradient · row over the list.
 * @param vectors Of a row, as `stripVectors` tells.
 * @param rows 1 or `stripRows`: rows `rowBytes` apart in memory, and one behind the other at `to`.
 * @param offset Of the first row from the address in the list.
 */
// @inline
export function addLive(
  list: usize,
  end: usize,
  offset: usize,
  rowBytes: usize,
  rows: i32,
  to: usize,
  vectors: i32,
): void {
  if (rows == 3) addThreeTwos(list, end, offset, rowBytes, to);
  else {
    for (; vectors >= 12; vectors -= 12) {
      addTwelve(list, end, offset, to);
      offset += 192;
      to += 192;
    }
    if (vectors == 8) addEight(list, end, offset, to);
    else if (vectors > 0) addFour(list, end, offset, to);
  }
}

function addTwelve(list: usize, end: usize, offset: usize, to: usize): void {
  add(list, end, offset, 0, to, 1, 12);
}

function addEight(list: usize, end: usize, offset: usize, to: usize): void {
  add(list, end, offset, 0, to, 1, 8);
}

function addFour(list: usize, end: usize, offset: usize, to: usize): void {
  add(list, end, offset, 0, to, 1, 4);
}

function addThreeTwos(list: usize, end: usize, offset: usize, rowBytes: usize, to: usize): void {
  add(list, end, offset, rowBytes, to, 3, 2);
}

/**
 * The loop itself; `rows` and `vectors` are constants, so that each caller has its own.
 *
 * V8 would do all of a turn's loads first and all products last, and spill registers for them. No address is odd, so
 * that none of the ways out is ever taken, but what has been summed must be there before each of them.
 */
// @inline
function add(list: usize, end: usize, offset: usize, rowBytes: usize, to: usize, rows: i32, vectors: i32): void {
  const count = rows * vectors;
  const gap = rowBytes - ((<usize>vectors) << 4); // from one row's strip to the next one's
  let c0 = v128.load(to);
  let c1 = v128.load(to, 16);
  let c2 = v128.load(to, 32);
  let c3 = v128.load(to, 48);
  let c4 = c0;
  let c5 = c0;
  let c6 = c0;
  let c7 = c0;
  let c8 = c0;
  let c9 = c0;
  let c10 = c0;
  let c11 = c0;
  if (count > 4) {
    c4 = v128.load(to, 64);
    c5 = v128.load(to, 80);
  }
  if (count > 6) {
    c6 = v128.load(to, 96);
    c7 = v128.load(to, 112);
  }
  if (count > 8) {
    c8 = v128.load(to, 128);
    c9 = v128.load(to, 144);
    c10 = v128.load(to, 160);
    c11 = v128.load(to, 176);
  }
  for (; list < end; list += ENTRY) {
    let row = <usize>load<u32>(list) + offset;
    const g = v128.load_splat<f32>(list, 4);
    c0 = madd(g, v128.load(row), c0);
    c1 = madd(g, v128.load(row, 16), c1);
    if (count > 2 && row == 1) break;
    if (vectors == 2) row += gap;
    c2 = madd(g, v128.load(row, 32), c2);
    c3 = madd(g, v128.load(row, 48), c3);
    if (count > 4 && row == 3) break;
    if (count > 4) {
      if (vectors == 2) row += gap;
      c4 = madd(g, v128.load(row, 64), c4);
      c5 = madd(g, v128.load(row, 80), c5);
      if (count > 6 && row == 5) break;
    }
    if (count > 6) {
      c6 = madd(g, v128.load(row, 96), c6);
      c7 = madd(g, v128.load(row, 112), c7);
      if (count > 8 && row == 7) break;
    }
    if (count > 8) {
      c8 = madd(g, v128.load(row, 128), c8);
      c9 = madd(g, v128.load(row, 144), c9);
      if (count > 10 && row == 9) break;
      c10 = madd(g, v128.load(row, 160), c10);
      c11 = madd(g, v128.load(row, 176), c11);
    }
  }
  v128.store(to, c0);
  v128.store(to, c1, 16);
  v128.store(to, c2, 32);
  v128.store(to, c3, 48);
  if (count > 4) {
    v128.store(to, c4, 64);
    v128.store(to, c5, 80);
  }
  if (count > 6) {
    v128.store(to, c6, 96);
    v128.store(to, c7, 112);
  }
  if (count > 8) {
    v128.store(to, c8, 128);
    v128.store(to, c9, 144);
    v128.store(to, c10, 160);
    v128.store(to, c11, 176);
  }
}
