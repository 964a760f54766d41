// The output's transform Aᵀ m A, and its transpose A dy Aᵀ for the filter's gradient. Both take all channels of one tile,
// which is a row in the panels of each position; positions lie `step` bytes apart.

import { ROW, panelCount, panelStart } from './panels';
import { f32Bytes, madd, zero } from './simd';
import { P, P2, PANEL, Q, Q2 } from './f32_winograd_points';

/**
 * Aᵀ m A, plus biases, then perhaps ReLU.
 * @param from The tile in the first panel of the first position.
 * @param n Channels, in panels as in panels.ts.
 * @param bias Panels of 8 biases.
 * @param mask 0, or where numbers lie as the outputs do: an output is zero where its number is 0 or less.
 * @param to The tile's first pixel, in rows of `row` and pixels of `pixel` bytes.
 */
export function transformOutput(
  from: usize,
  step: usize,
  n: i32,
  bias: usize,
  relu: bool,
  mask: usize,
  temp: usize,
  to: usize,
  row: usize,
  pixel: usize,
): void {
  for (let panel = 0, all = panelCount(n); panel < all; panel++) {
    const start = panelStart(panel, n);
    for (let half = 0, halves = min(8, n); half < halves; half += 4) {
      let at = from + f32Bytes(half);
      for (let i: usize = 0; i < 96; i += 16) {
        outputColumn(at, step * 6, zero(), false, 0, temp + i, 96);
        at += step;
      }
      const b = v128.load(bias + f32Bytes(half));
      at = to + f32Bytes(start + half);
      for (let i: usize = 0; i < 384; i += 96) {
        outputColumn(temp + i, 16, b, relu, mask ? mask - to + at : 0, at, pixel);
        at += row;
      }
    }
    from += PANEL;
    bias += ROW;
  }
}

// @inline
function outputColumn(from: usize, row: usize, bias: v128, relu: bool, mask: usize, to: usize, step: usize): void {
  const m0 = v128.load(from);
  from += row;
  const m1 = v128.load(from);
  from += row;
  const m2 = v128.load(from);
  from += row;
  const m3 = v128.load(from);
  from += row;
  const m4 = v128.load(from);
  const m5 = v128.load(from + row);
  const evenP = f32x4.add(m1, m2);
  const oddP = f32x4.sub(m1, m2);
  const evenQ = f32x4.add(m3, m4);
  const oddQ = f32x4.sub(m3, m4);
  let y0 = f32x4.add(f32x4.add(m0, bias), f32x4.add(evenP, evenQ));
  let y1 = madd(f32x4.splat(Q), oddQ, madd(f32x4.splat(P), oddP, bias));
  let y2 = madd(f32x4.splat(Q2), evenQ, madd(f32x4.splat(P2), evenP, bias));
  let y3 = madd(f32x4.splat(Q * Q2), oddQ, madd(f32x4.splat(P * P2), oddP, f32x4.add(m5, bias)));
  if (relu) {
    y0 = f32x4.max(y0, zero());
    y1 = f32x4.max(y1, zero());
    y2 = f32x4.max(y2, zero());
    y3 = f32x4.max(y3, zero());
  }
  if (mask) {
    y0 = masked(y0, mask);
    mask += step;
    y1 = masked(y1, mask);
    mask += step;
    y2 = masked(y2, mask);
    y3 = masked(y3, mask + step);
  }
  v128.store(to, y0);
  to += step;
  v128.store(to, y1);
  to += step;
  v128.store(to, y2);
  v128.store(to + step, y3);
}

// @inline
function masked(y: v128, mask: usize): v128 {
  return v128.andnot(y, f32x4.le(v128.load(mask), zero()));
}

/**
 * A dy Aᵀ.
 * @param from The tile's first pixel, in rows of `row` and pixels of `pixel` bytes.
 * @param to The tile in the first panel of the first position.
 */
export function transformOutputGradient(
  from: usize,
  row: usize,
  pixel: usize,
  n: i32,
  temp: usize,
  to: usize,
  step: usize,
): void {
  for (let channel = 0; channel < n; channel += 4) {
    let at = from;
    for (let i: usize = 0; i < 64; i += 16) {
      gradientColumn(at, row, temp + i, 64);
      at += pixel;
    }
    at = to;
    for (let i: usize = 0; i < 384; i += 64) {
      gradientColumn(temp + i, 16, at, step);
      at += step * 6;
    }
    from += 16;
    to += channel & 4 ? PANEL - 16 : 16;
  }
}

// @inline
function gradientColumn(from: usize, row: usize, to: usize, step: usize): void {
  const y0 = v128.load(from);
  from += row;
  const y1 = v128.load(from);
  from += row;
  const y2 = v128.load(from);
  const y3 = v128.load(from + row);
  v128.store(to, y0);
  to += step;
  const evenP = madd(f32x4.splat(P2), y2, y0);
  const oddP = f32x4.mul(f32x4.splat(P), madd(f32x4.splat(P2), y3, y1));
  v128.store(to, f32x4.add(evenP, oddP));
  to += step;
  v128.store(to, f32x4.sub(evenP, oddP));
  to += step;
  const evenQ = madd(f32x4.splat(Q2), y2, y0);
  const oddQ = f32x4.mul(f32x4.splat(Q), madd(f32x4.splat(Q2), y3, y1));
  v128.store(to, f32x4.add(evenQ, oddQ));
  to += step;
  v128.store(to, f32x4.sub(evenQ, oddQ));
  v128.store(to + step, y3);
}
