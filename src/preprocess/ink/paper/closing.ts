import type { Grid } from '../image/grid.js';

/**
 * Grey-scale closing by a square window, `reach` cells to each side: what is darker and narrower than the window is
 * filled with the brightness around it, while straight edges between wide areas stay where they are. Windows may hang over
 * the border, by all but a cell.
 */
export function closing({ width, height, cells }: Grid, reach: number): Grid {
  const [across, down, window] = [width + 2 * reach, height + 2 * reach, 2 * reach + 1];
  const wide = new Float32Array(across * down).fill(-Infinity);
  for (let y = 0; y < height; y++) wide.set(cells.subarray(y * width, (y + 1) * width), (y + reach) * across + reach);
  const scratch = [0, 0].map(() => new Float32Array(Math.ceil(Math.max(across, down) / window + 1) * window));
  for (const sign of [1, -1]) {
    for (let y = 0; y < down; y++) slideMaximum(wide, y * across, 1, across, reach, sign, scratch);
    for (let x = 0; x < across; x++) slideMaximum(wide, x, across, down, reach, sign, scratch);
  }
  const out = new Float32Array(cells.length);
  for (let y = 0; y < height; y++) {
    const from = (y + reach) * across + reach;
    out.set(wide.subarray(from, from + width), y * width);
  }
  return { width, height, cells: out };
}

/**
 * The maximum (`sign` 1) or minimum (-1) within `reach` of each of `count` numbers, in place: van Herk's and Gil and
 * Werman's way, which takes three comparisons a number however wide the window.
 */
function slideMaximum(
  values: Float32Array,
  start: number,
  stride: number,
  count: number,
  reach: number,
  sign: number,
  [before, after]: readonly Float32Array[],
): void {
  if (!before || !after) return;
  const window = 2 * reach + 1;
  const end = Math.ceil((count + 2 * reach) / window) * window;
  before.fill(-Infinity, 0, reach);
  before.fill(-Infinity, reach + count, end);
  for (let i = 0, at = start; i < count; i++, at += stride) before[reach + i] = sign * (values[at] ?? 0);
  for (let block = 0; block < end; block += window) {
    let most = -Infinity; // from here to the end of the block
    for (let i = block + window - 1; i >= block; i--) {
      const value = before[i] ?? 0;
      if (value > most) most = value;
      after[i] = most;
    }
    most = -Infinity; // from the beginning of the block to here
    for (let i = block; i < block + window; i++) {
      const value = before[i] ?? 0;
      if (value > most) most = value;
      before[i] = most;
    }
  }
  for (let i = 0, at = start; i < count; i++, at += stride) {
    const [first, last] = [after[i] ?? 0, before[i + window - 1] ?? 0];
    values[at] = sign * (first > last ? first : last);
  }
}
