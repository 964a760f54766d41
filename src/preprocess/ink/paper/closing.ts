import type { Grid } from '../image/grid.js';

/**
 * Grey-scale closing by a square window, `reach` cells to each side: what is darker and narrower than the window is
 * filled with the brightness around it, while straight edges between wide areas stay where they are. Windows may hang over
 * the border.
 */
export function closing({ width, height, cells }: Grid, reach: number): Grid {
  const out = cells.slice();
  for (const sign of [1, -1]) {
    for (let y = 0; y < height; y++) slideMaximum(out, y * width, 1, width, reach, sign);
    for (let x = 0; x < width; x++) slideMaximum(out, x, width, height, reach, sign);
  }
  return { width, height, cells: out };
}

/**
 * The maximum (`sign` 1) or minimum (-1) within `reach` of each of `count` numbers, in place: van Herk and Gil and
 * Werman's, which takes three comparisons a number however wide the window.
 */
function slideMaximum(values: Float32Array, start: number, stride: number, count: number, reach: number, sign: number) {
  const window = 2 * reach + 1;
  const blocks = Math.ceil((count + 2 * reach) / window);
  const padded = new Float32Array(blocks * window).fill(-Infinity);
  for (let i = 0; i < count; i++) padded[i + reach] = sign * (values[start + i * stride] ?? 0);
  const after = padded.slice(); // maximum from here to the end of the block
  for (let i = padded.length - 2; i >= 0; i--)
    if ((i + 1) % window !== 0) after[i] = Math.max(after[i] ?? 0, after[i + 1] ?? 0);
  for (let i = 1; i < padded.length; i++)
    if (i % window !== 0) padded[i] = Math.max(padded[i] ?? 0, padded[i - 1] ?? 0);
  for (let i = 0; i < count; i++)
    values[start + i * stride] = sign * Math.max(after[i] ?? 0, padded[i + window - 1] ?? 0);
}
