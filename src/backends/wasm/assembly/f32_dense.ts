// The dense layer's forward pass. The weight is read where it lies, so that it may change between calls.

import { f32_dense_row } from './f32_dense_row';
import { f32_dense_4x4, f32_dense_4x8, f32_dense_6x8 } from './f32_dense_tiles';
import { check, f32Bytes, loadPart, storePart, zero } from './simd';

// Rows of the weight at a time, of which 8 columns stay in the second cache while rows of x pass over them.
const BLOCK = 256;

// Rows of x at a time, which stay there too.
const ROWS = 96;

/**
 * y [rows, units] = x [rows, inputs] · weight [inputs, units] + bias [units] (unless 0), then perhaps ReLU: columns
 * `first` to `last` of it. Threads split the columns, with the same result bit by bit.
 * @param first A multiple of 8, as is `last`, unless it is `units`.
 */
export function f32_dense(
  x: usize,
  weight: usize,
  bias: usize,
  y: usize,
  rows: i32,
  inputs: i32,
  units: i32,
  first: i32,
  last: i32,
  relu: bool,
): void {
  check(x, f32Bytes(rows * inputs));
  check(weight, f32Bytes(inputs * units));
  check(bias, bias ? f32Bytes(units) : 0);
  check(y, f32Bytes(rows * units));
  const row = f32Bytes(units);
  const xRow = f32Bytes(inputs);
  const start = f32Bytes(first);
  const columns = last - first;
  for (let i = 0; i < rows; i++) startRow(bias ? bias + start : 0, y + <usize>i * row + start, columns);

  let tiled = 0; // rows
  if (rows >= 4 && columns >= 8) {
    tiled = rows & ~1; // tiles of 6 and 4 rows make up any even number
    const whole = last - (columns & 7);
    for (let i = 0, high = 0; i < tiled; i += high) {
      high = tiled - i > ROWS + 4 ? ROWS : tiled - i; // never 2 alone
      for (let k = 0; k < inputs; k += BLOCK) {
        const from = x + ((<usize>i * inputs + k) << 2);
        const w = weight + <usize>k * row;
        const to = y + <usize>i * row;
        const count = min(BLOCK, inputs - k);
        for (let j = start, end = f32Bytes(whole); j < end; j += 32) tiles(from, xRow, high, count, w + j, row, to + j);
      }
    }
    if (whole < last) {
      const j = f32Bytes(last - 8); // the last eight columns, some of them again
      for (let i = 0; i < tiled; i++) startRow(bias ? bias + j : 0, y + <usize>i * row + j, 8);
      tiles(x, xRow, tiled, inputs, weight + j, row, y + j);
    }
  } else if (rows >= 4) {
    tiled = rows & ~3;
    for (let i = 0; i < tiled; i += 4)
      for (let j = first; j < last; j += 4) {
        const at = f32Bytes(j);
        f32_dense_4x4(x + <usize>i * xRow, xRow, inputs, weight + at, row, y + <usize>i * row + at, last - j);
      }
  }
  for (let i = tiled; i < rows; i++)
    f32_dense_row(x + <usize>i * xRow, 4, weight + start, row, inputs, y + <usize>i * row + start, columns);
  if (relu) for (let i = 0; i < rows; i++) reluRow(y + <usize>i * row + start, columns);
}

/** The same columns of all rows, an even number. */
// @inline
function tiles(x: usize, xRow: usize, rows: i32, count: i32, weight: usize, row: usize, y: usize): void {
  while (rows > 0) {
    const high = rows != 4 && rows != 8 ? 6 : 4;
    if (high == 6) f32_dense_6x8(x, xRow, count, weight, row, y);
    else f32_dense_4x8(x, xRow, count, weight, row, y);
    x += <usize>high * xRow;
    y += <usize>high * row;
    rows -= high;
  }
}

function startRow(bias: usize, y: usize, columns: i32): void {
  if (!bias) memory.fill(y, 0, f32Bytes(columns));
  else {
    for (; columns >= 4; columns -= 4) {
      v128.store(y, v128.load(bias));
      bias += 16;
      y += 16;
    }
    if (columns) storePart(y, loadPart(bias, columns), columns);
  }
}

function reluRow(y: usize, columns: i32): void {
  for (; columns >= 4; columns -= 4) {
    v128.store(y, f32x4.max(v128.load(y), zero()));
    y += 16;
  }
  if (columns) storePart(y, f32x4.max(loadPart(y, columns), zero()), columns);
}
