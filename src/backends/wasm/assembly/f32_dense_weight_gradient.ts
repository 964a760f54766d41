// The dense layer's gradients by its weight and bias: every row of dw is a combination of the rows of dy.

import { f32_dense_row } from './f32_dense_row';
import { f32_sum_rows } from './f32_elementwise';
import { ROW, packRows, panelStart } from './panels';
import { check, checkScratch, f32Bytes, madd, zero } from './simd';

// dy is packed, at least a panel of 8 columns at once and up to this many bytes. It is small, and rows of a power of two
// of bytes would otherwise fall into the same few lines of the first cache; so would those of x.
const MOST_PACKED: usize = 1 << 14;

// @inline
function packedColumns(rows: i32): i32 {
  return max(8, (<i32>(MOST_PACKED >> 2) / rows) & ~7);
}

/** Bytes of scratch memory for so many rows of x. */
export function f32_dense_weight_gradient_scratch(rows: i32): usize {
  return (<usize>rows * (packedColumns(rows) + 4) + 4 * 8) << 2;
}

/**
 * dw [inputs, units] = xᵀ · dy of x [rows, inputs] and dy [rows, units]: its rows `first` to `last`; and, unless 0, db
 * [units], the sum of dy's rows. Threads split the rows of dw, with the same result bit by bit; one of them gets db.
 * @param first A multiple of 4, as is `last`, unless it is `inputs`.
 * @param end Where the scratch memory ends.
 */
export function f32_dense_weight_gradient(
  x: usize,
  dy: usize,
  dw: usize,
  db: usize,
  rows: i32,
  inputs: i32,
  units: i32,
  first: i32,
  last: i32,
  scratch: usize,
  end: usize,
): void {
  check(x, f32Bytes(rows * inputs));
  check(dy, f32Bytes(rows * units));
  check(dw, f32Bytes(inputs * units));
  checkScratch(scratch, scratch + f32_dense_weight_gradient_scratch(rows), end);
  const row = f32Bytes(units);
  const xRow = f32Bytes(inputs);
  const panel = <usize>rows * ROW;
  const tile = scratch + ((<usize>rows) << 4); // after four columns of x
  const panels = tile + 4 * ROW;
  const tiled = first + ((last - first) & ~3);
  const isFew = units < 8; // fewer columns than a tile's
  const atOnce = packedColumns(rows);
  for (let from = 0; from < units; from += atOnce) {
    const to = min(units, from + atOnce);
    let packed = panels;
    for (let j = from; j < to; j += 8) {
      packRows(dy, row, rows, panelStart(j >> 3, units), units, packed);
      packed += panel;
    }
    for (let i = first; i < tiled; i += 4) {
      packFour(x + f32Bytes(i), xRow, scratch, tile);
      packed = panels;
      const rows4 = dw + <usize>i * row;
      for (let j = from; j < to; j += 8) {
        const at = f32Bytes(panelStart(j >> 3, units));
        outer4x8(scratch, packed, packed + panel, isFew ? tile : rows4 + at, isFew ? ROW : row);
        packed += panel;
      }
      if (isFew) for (let r = 0; r < 4; r++) copyFew(tile + <usize>r * ROW, rows4 + <usize>r * row, units);
    }
  }
  for (let i = tiled; i < last; i++) {
    memory.fill(dw + <usize>i * row, 0, row);
    f32_dense_row(x + f32Bytes(i), xRow, dy, row, rows, dw + <usize>i * row, units);
  }
  if (db) f32_sum_rows(dy, db, rows, units);
}

function copyFew(from: usize, to: usize, count: i32): void {
  for (; count > 0; count--) {
    store<f32>(to, load<f32>(from));
    from += 4;
    to += 4;
  }
}

/** Four columns of x, one under the other. */
// @inline
function packFour(x: usize, xRow: usize, to: usize, end: usize): void {
  for (; to < end; to += 16) {
    v128.store(to, v128.load(x));
    x += xRow;
  }
}

/** dw[4][8] = x[rows][4]ᵀ · dy[rows][8], both packed. */
// @inline
function outer4x8(x: usize, dy: usize, end: usize, dw: usize, row: usize): void {
  let c00 = zero();
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  do {
    const d0 = v128.load(dy);
    const d1 = v128.load(dy, 16);
    let s = v128.load_splat<f32>(x);
    c00 = madd(s, d0, c00);
    c01 = madd(s, d1, c01);
    s = v128.load_splat<f32>(x, 4);
    c10 = madd(s, d0, c10);
    c11 = madd(s, d1, c11);
    s = v128.load_splat<f32>(x, 8);
    c20 = madd(s, d0, c20);
    c21 = madd(s, d1, c21);
    s = v128.load_splat<f32>(x, 12);
    c30 = madd(s, d0, c30);
    c31 = madd(s, d1, c31);
    x += 16;
    dy += ROW;
  } while (dy < end);
  v128.store(dw, c00);
  v128.store(dw, c01, 16);
  dw += row;
  v128.store(dw, c10);
  v128.store(dw, c11, 16);
  dw += row;
  v128.store(dw, c20);
  v128.store(dw, c21, 16);
  dw += row;
  v128.store(dw, c30);
  v128.store(dw, c31, 16);
}
