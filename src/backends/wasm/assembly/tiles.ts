// Convolutions without im2col: along one row of the filter, what a pixel's window covers is contiguous in an image with
// channels last. So a tile of 4 pixels is 4 addresses, and one run per row of the filter. Where a window hangs over the
// edge, rows and columns that no pixel of the tile has are left out.
//
// A tile is a record of 16 words: four addresses in the image and four in the output (relative), the offset into B, the
// number of runs, their length, and the gaps between them in image and B.

import { f32_gemm_4x8 } from './f32_gemm_4x8';
import { Geometry } from './geometry';
import { ROW, panelCount, panelStart } from './panels';
import { f32Bytes } from './simd';

export const TILE: usize = 64;

export function tileCount(pixels: i32): i32 {
  return (pixels + 3) >> 2;
}

// @inline
function low(taps: i32, at: i32): i32 {
  return min(max(0, -at), taps);
}

// @inline
function high(taps: i32, at: i32, size: i32): i32 {
  return max(0, min(taps, size - at));
}

/**
 * Writes the tiles of a geometry's output.
 * @param above Rows of zeros that the image has in memory before it, and `beside` columns.
 * @param rowBytes A row of the image in memory.
 * @param out The first pixel's offset in the output; `outRow` and `outColumn` from one to the next.
 */
export function makeTiles(
  to: usize,
  geometry: Geometry,
  above: i32,
  beside: i32,
  rowBytes: i32,
  out: i32,
  outRow: i32,
  outColumn: i32,
): void {
  const channels = geometry.inChannels;
  const kernelH = geometry.kernelH;
  const kernelW = geometry.kernelW;
  const columns = geometry.outW;
  const pixels = geometry.outH * columns;
  for (let first = 0; first < pixels; first += 4) {
    let top = kernelH;
    let bottom = 0;
    let left = kernelW;
    let right = 0;
    for (let i = 0; i < 4; i++) {
      const pixel = min(first + i, pixels - 1); // pixels beyond the last repeat it
      const y = pixel / columns;
      const x = pixel - y * columns;
      const row = y * geometry.strideH - geometry.top;
      const column = x * geometry.strideW - geometry.left;
      top = min(top, low(kernelH, row));
      bottom = max(bottom, high(kernelH, row, geometry.height));
      left = min(left, low(kernelW, column));
      right = max(right, high(kernelW, column, geometry.width));
      const address = (row + above) * rowBytes + (((column + beside) * channels) << 2);
      store<i32>(to + f32Bytes(i), address);
      store<i32>(to + f32Bytes(i), out + y * outRow + x * outColumn, 16);
    }
    const runs = bottom > top && right > left ? bottom - top : 0;
    const length = (right - left) * channels;
    for (let i: usize = 0; i < 16; i += 4)
      store<i32>(to + i, load<i32>(to + i) + top * rowBytes + ((left * channels) << 2));
    store<i32>(to, (top * kernelW + left) * channels * <i32>ROW, 32);
    store<i32>(to, runs, 36);
    store<i32>(to, length, 40);
    store<i32>(to, rowBytes - (length << 2), 44);
    store<i32>(to, (kernelW * channels - length) * <i32>ROW, 48);
    to += TILE;
  }
}

/** The tiles of a whole output, of images in memory as they are, or padded. */
export function makeAllTiles(to: usize, geometry: Geometry, isPadded: bool): void {
  const rowBytes = isPadded ? geometry.paddedRow : f32Bytes(geometry.width * geometry.inChannels);
  const above = isPadded ? geometry.top : 0;
  const beside = isPadded ? geometry.left : 0;
  const pixel = geometry.outChannels << 2;
  makeTiles(to, geometry, above, beside, <i32>rowBytes, 0, geometry.outW * pixel, pixel);
}

/**
 * One image: each tile with each panel.
 * @param panels Panels of `panelBytes` with `n` columns in all.
 */
export function runTiles(
  tiles: usize,
  count: i32,
  image: usize,
  panels: usize,
  panelBytes: usize,
  n: i32,
  out: usize,
  relu: bool,
): void {
  const columns = min(n, 8);
  const end = tiles + <usize>count * TILE;
  for (let panel = 0, all = panelCount(n); panel < all; panel++) {
    const to = out + f32Bytes(panelStart(panel, n));
    for (let tile = tiles; tile < end; tile += TILE)
      f32_gemm_4x8(
        image + load<u32>(tile),
        image + load<u32>(tile, 4),
        image + load<u32>(tile, 8),
        image + load<u32>(tile, 12),
        panels,
        panels + ROW + load<u32>(tile, 32),
        load<i32>(tile, 36),
        load<i32>(tile, 40),
        load<u32>(tile, 44),
        load<u32>(tile, 48),
        to + load<u32>(tile, 16),
        to + load<u32>(tile, 20),
        to + load<u32>(tile, 24),
        to + load<u32>(tile, 28),
        columns,
        relu,
      );
    panels += panelBytes;
  }
}

/** Copies an image of `rows` runs of `rowBytes` into the middle of a larger one. */
export function copyRows(from: usize, fromRow: usize, to: usize, toRow: usize, rows: i32, bytes: usize): void {
  const vectors = bytes & ~15;
  for (; rows > 0; rows--) {
    let i: usize = 0;
    for (; i < vectors; i += 16) v128.store(to + i, v128.load(from + i));
    for (; i < bytes; i += 4) store<u32>(to + i, load<u32>(from + i));
    from += fromRow;
    to += toRow;
  }
}

/** Copies an image into the middle of its padded one. */
export function copyInside(x: usize, geometry: Geometry, padded: usize): void {
  const pixel = f32Bytes(geometry.inChannels);
  const row = geometry.paddedRow;
  const to = padded + <usize>geometry.top * row + <usize>geometry.left * pixel;
  const rows = min(geometry.height, geometry.paddedH - geometry.top);
  const columns = min(geometry.width, geometry.paddedW - geometry.left);
  copyRows(x, <usize>geometry.width * pixel, to, row, rows, <usize>columns * pixel);
}
