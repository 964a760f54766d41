// Panels: a matrix B [K, N] cut into strips of 8 columns, so that the micro-kernels read it in order. A panel is one
// row of 8 biases and then K rows of 8. Where N is not a multiple of 8 the last panel starts at N - 8 and repeats
// columns of the one before it; where N is below 8 the only panel is filled up, and its last columns are never stored.

import { f32Bytes, loadPart, zero } from './simd';

export const ROW: usize = 32; // bytes of a panel's row

// @inline
export function panelCount(n: i32): i32 {
  return (n + 7) >> 3;
}

/** First column of a panel. */
// @inline
export function panelStart(panel: i32, n: i32): i32 {
  return n < 8 ? 0 : min(panel << 3, n - 8);
}

/** Bytes of one panel of `count` rows. */
// @inline
export function panelBytes(count: i32): usize {
  return <usize>(count + 1) * ROW;
}

/** All panels of a row-major matrix with `count` rows of `n`, headed by its biases or by zeros without a `bias`. */
export function packPanels(matrix: usize, bias: usize, count: i32, n: i32, to: usize): void {
  for (let panel = 0, all = panelCount(n); panel < all; panel++) {
    const start = panelStart(panel, n);
    packBias(bias, start, n, to);
    packRows(matrix, f32Bytes(n), count, start, n, to + ROW);
    to += panelBytes(count);
  }
}

/** The row of biases: of columns `start` on, or zeros without a `bias`. */
export function packBias(bias: usize, start: i32, n: i32, to: usize): void {
  if (bias) packRows(bias, 0, 1, start, n, to);
  else {
    v128.store(to, zero());
    v128.store(to, zero(), 16);
  }
}

/** `count` rows of a row-major matrix with `stride` bytes a row: columns `start` to `start + 8` of its `n`. */
export function packRows(from: usize, stride: usize, count: i32, start: i32, n: i32, to: usize): void {
  from += f32Bytes(start);
  const end = to + <usize>count * ROW;
  if (n >= 8) {
    while (to < end) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += stride;
      to += ROW;
    }
    return;
  }
  while (to < end) {
    v128.store(to, loadPart(from, min(n, 4)));
    v128.store(to, n > 4 ? loadPart(from + 16, n - 4) : zero(), 16);
    from += stride;
    to += ROW;
  }
}

/** Two whole panels of neighbouring columns at once, so that a cache line is read once. */
export function packRowsTwice(from: usize, stride: usize, count: i32, start: i32, to: usize, second: usize): void {
  from += f32Bytes(start);
  for (const end = to + <usize>count * ROW; to < end; to += ROW) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    v128.store(second, v128.load(from, 32));
    v128.store(second, v128.load(from, 48), 16);
    from += stride;
    second += ROW;
  }
}

/** The transpose: the panel's columns are rows `start` to `start + 8` of a matrix with `n` rows of `stride` bytes. */
export function packColumns(from: usize, stride: usize, count: i32, start: i32, n: i32, to: usize): void {
  packFour(from, stride, count, start, n, to);
  packFour(from, stride, count, start + 4, n, to + 16);
}

function packFour(from: usize, stride: usize, count: i32, start: i32, n: i32, to: usize): void {
  const last = n - 1;
  let r0 = from + <usize>min(start, last) * stride;
  let r1 = from + <usize>min(start + 1, last) * stride;
  let r2 = from + <usize>min(start + 2, last) * stride;
  let r3 = from + <usize>min(start + 3, last) * stride;
  for (; count >= 4; count -= 4) {
    const x0 = v128.load(r0);
    const x1 = v128.load(r1);
    const x2 = v128.load(r2);
    const x3 = v128.load(r3);
    const y0 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5); // 00 10 01 11
    const y1 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7); // 02 12 03 13
    const y2 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
    const y3 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(y0, y2, 0, 1, 4, 5));
    v128.store(to, v128.shuffle<f32>(y0, y2, 2, 3, 6, 7), 32);
    v128.store(to, v128.shuffle<f32>(y1, y3, 0, 1, 4, 5), 64);
    v128.store(to, v128.shuffle<f32>(y1, y3, 2, 3, 6, 7), 96);
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
    to += 128;
  }
  for (; count > 0; count--) {
    store<f32>(to, load<f32>(r0));
    store<f32>(to, load<f32>(r1), 4);
    store<f32>(to, load<f32>(r2), 8);
    store<f32>(to, load<f32>(r3), 12);
    r0 += 4;
    r1 += 4;
    r2 += 4;
    r3 += 4;
    to += ROW;
  }
}
