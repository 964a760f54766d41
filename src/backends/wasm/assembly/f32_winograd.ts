// 3x3 convolutions of stride 1, and their gradient by the input, by Winograd's algorithm (f32_winograd_points.ts).

import { ROW, packBias, packColumns, packRows, panelCount, panelStart } from './panels';
import { check, checkScratch } from './simd';
import { copyRows } from './tiles';
import { f32_winograd_4x8 } from './f32_winograd_4x8';
import { transformFilter } from './f32_winograd_filter_transforms';
import { transformOutput } from './f32_winograd_output_transforms';
import { PANEL, POSITIONS, TEMP_BYTES, TILES, positionBytes } from './f32_winograd_points';
import { locate, patchPixel, quarter, transformInputs } from './f32_winograd_tiles';

// Scratch memory of a product by k of n columns: filters, biases, temp, patch, inputs, products. While the filter is
// transformed, the packed panel lies where inputs and products will.

// @ts-ignore: decorator
@inline
function filterBytes(k: i32, n: i32): usize {
  return <usize>POSITIONS * positionBytes(k, n);
}

// @ts-ignore: decorator
@inline
function patchBytes(k: i32, n: i32): usize {
  return max(36 * patchPixel(k), 32 * patchPixel(n)); // 6x6 inputs, or 4x4 outputs and their mask
}

function scratchBytes(k: i32, n: i32): usize {
  return (
    filterBytes(k, n) +
    <usize>panelCount(n) * ROW +
    TEMP_BYTES +
    patchBytes(k, n) +
    max(<usize>POSITIONS * (positionBytes(TILES, k) + positionBytes(TILES, n)), 9 * <usize>k * ROW)
  );
}

export function f32_winograd_conv2d_scratch(inChannels: i32, outChannels: i32): usize {
  return scratchBytes(inChannels, outChannels);
}

/**
 * As `f32_conv2d`, for 3x3 filters and strides of 1 only. What is not a number or infinite spreads, as not a number, to
 * all of the 4x4 outputs whose tile sees it.
 */
export function f32_winograd_conv2d(
  x: usize,
  filter: usize,
  bias: usize,
  y: usize,
  batch: i32,
  height: i32,
  width: i32,
  inChannels: i32,
  outChannels: i32,
  kernelH: i32,
  kernelW: i32,
  strideH: i32,
  strideW: i32,
  top: i32,
  left: i32,
  outH: i32,
  outW: i32,
  relu: bool,
  scratch: usize,
  end: usize,
): void {
  assert(kernelH == 3 && kernelW == 3 && strideH == 1 && strideW == 1);
  check(filter, (<usize>(9 * inChannels * outChannels)) << 2);
  checkScratch(scratch, scratch + scratchBytes(inChannels, outChannels), end);
  const biases = scratch + filterBytes(inChannels, outChannels);
  const temp = biases + <usize>panelCount(outChannels) * ROW;
  const packed = temp + TEMP_BYTES + patchBytes(inChannels, outChannels);
  const step = positionBytes(inChannels, outChannels);
  for (let panel = 0, all = panelCount(outChannels); panel < all; panel++) {
    const start = panelStart(panel, outChannels);
    packBias(bias, start, outChannels, biases + <usize>panel * ROW);
    packRows(filter, (<usize>outChannels) << 2, 9 * inChannels, start, outChannels, packed);
    transformFilter(packed, inChannels, temp, scratch + <usize>(panel * inChannels) * ROW, step);
  }
  convolve(x, batch, height, width, inChannels, top, left, 0, y, outH, outW, outChannels, relu, scratch);
}

export function f32_winograd_input_gradient_scratch(inChannels: i32, outChannels: i32): usize {
  return scratchBytes(outChannels, inChannels);
}

/**
 * As `f32_conv2d_input_gradient`, for 3x3 filters and strides of 1 only: dy convolved by the flipped, transposed filter.
 * What is not finite spreads as in `f32_winograd_conv2d`.
 * @param mask 0, or the address of x, which ReLU gave: dx is zero where x is 0 or less.
 */
export function f32_winograd_input_gradient(
  dy: usize,
  filter: usize,
  dx: usize,
  mask: usize,
  batch: i32,
  height: i32,
  width: i32,
  inChannels: i32,
  outChannels: i32,
  kernelH: i32,
  kernelW: i32,
  strideH: i32,
  strideW: i32,
  top: i32,
  left: i32,
  outH: i32,
  outW: i32,
  scratch: usize,
  end: usize,
): void {
  assert(kernelH == 3 && kernelW == 3 && strideH == 1 && strideW == 1);
  check(filter, (<usize>(9 * inChannels * outChannels)) << 2);
  checkScratch(scratch, scratch + scratchBytes(outChannels, inChannels), end);
  const biases = scratch + filterBytes(outChannels, inChannels);
  const temp = biases + <usize>panelCount(inChannels) * ROW;
  const packed = temp + TEMP_BYTES + patchBytes(outChannels, inChannels);
  const step = positionBytes(outChannels, inChannels);
  for (let panel = 0, all = panelCount(inChannels); panel < all; panel++) {
    const start = panelStart(panel, inChannels);
    packBias(0, start, inChannels, biases + <usize>panel * ROW);
    for (let tap = 0; tap < 9; tap++) {
      const from = filter + ((<usize>((8 - tap) * inChannels * outChannels)) << 2);
      const to = packed + <usize>(tap * outChannels) * ROW;
      packColumns(from, (<usize>outChannels) << 2, outChannels, start, inChannels, to);
    }
    transformFilter(packed, outChannels, temp, scratch + <usize>(panel * outChannels) * ROW, step);
  }
  convolve(dy, batch, outH, outW, outChannels, 2 - top, 2 - left, mask, dx, height, width, inChannels, false, scratch);
}

/** y [N, outH, outW, n] of x [N, H, W, k]; scratch memory begins with the transformed filters and the biases. */
function convolve(
  x: usize,
  batch: i32,
  height: i32,
  width: i32,
  k: i32,
  top: i32,
  left: i32,
  mask: usize,
  y: usize,
  outH: i32,
  outW: i32,
  n: i32,
  relu: bool,
  filters: usize,
): void {
  check(x, (<usize>(batch * height * width * k)) << 2);
  check(y, (<usize>(batch * outH * outW * n)) << 2);
  if (mask) check(mask, (<usize>(batch * outH * outW * n)) << 2);
  const biases = filters + filterBytes(k, n);
  const temp = biases + <usize>panelCount(n) * ROW;
  const patch = temp + TEMP_BYTES;
  const inputs = patch + patchBytes(k, n);
  const inputStep = positionBytes(TILES, k);
  const products = inputs + <usize>POSITIONS * inputStep;
  const productStep = positionBytes(TILES, n);
  const pixel = (<usize>n) << 2;
  const padded = patchPixel(n);
  const down = quarter(outH);
  const across = quarter(outW);
  for (let first = 0, tiles = batch * down * across; first < tiles; first += TILES) {
    const count = min(TILES, tiles - first);
    // prettier-ignore
    transformInputs(
      x, height, width, k, top, left, down, across, first, count, patch, temp, inputs, inputStep,
    );
    for (let position = 0; position < POSITIONS; position++) {
      const a = inputs + <usize>position * inputStep;
      let b = filters + <usize>position * positionBytes(k, n);
      let c = products + <usize>position * productStep;
      for (let panel = panelCount(n); panel > 0; panel--) {
        f32_winograd_4x8(a, PANEL, quarter(count), k, b, c);
        b += <usize>k * ROW;
        c += PANEL;
      }
    }
    for (let i = 0; i < count; i++) {
      const image = (first + i) / (down * across);
      const tile = first + i - image * (down * across);
      const row = (tile / across) << 2;
      const column = (tile % across) << 2;
      const rows = min(4, outH - row);
      const columns = min(4, outW - column);
      const from = products + <usize>i * ROW;
      const offset = <usize>(image * outH * outW) * pixel;
      const to = y + offset + <usize>(row * outW + column) * pixel;
      let relevant: usize = 0;
      if (mask) relevant = locate(mask + offset, outH, outW, n, row, column, 4, patch + 16 * padded);
      if (rows == 4 && columns == 4 && !(n & 3))
        transformOutput(from, productStep, n, biases, relu, relevant, temp, to, <usize>outW * pixel, pixel);
      else {
        transformOutput(from, productStep, n, biases, relu, relevant, temp, patch, 4 * padded, padded);
        for (let r = 0; r < rows; r++)
          copyRows(patch + <usize>(4 * r) * padded, padded, to + <usize>(r * outW) * pixel, pixel, columns, pixel);
      }
    }
  }
}
