// 3x3 convolutions of stride 1, and their gradient by the input, by Winograd's algorithm (f32_winograd_points.ts).

import { GEOMETRY_BYTES, Geometry, checkGeometry } from './geometry';
import { ROW, packBias, packColumns, packRows, panelCount, panelStart } from './panels';
import { check, checkScratch, f32Bytes } from './simd';
import { copyRows } from './tiles';
import { f32_winograd_4x8 } from './f32_winograd_4x8';
import { transformFilter } from './f32_winograd_filter_transforms';
import { transformOutput } from './f32_winograd_output_transforms';
import { PANEL, POSITIONS, TEMP_BYTES, TILES, positionBytes } from './f32_winograd_points';
import { isWinograd, locate, patchPixel, quarter, transformInputs } from './f32_winograd_tiles';

// What is prepared of a filter for a product by k of n columns: the transformed filters, then the biases. Scratch memory:
// temp, patch, inputs, products, after what is prepared, unless that is given. While the filter is transformed, the packed
// panel lies where inputs and products will.

function filterBytes(k: i32, n: i32): usize {
  return <usize>POSITIONS * positionBytes(k, n);
}

function preparedBytes(k: i32, n: i32): usize {
  return filterBytes(k, n) + <usize>panelCount(n) * ROW;
}

function patchBytes(k: i32, n: i32): usize {
  return max<usize>(36 * patchPixel(k), 32 * patchPixel(n)); // 6x6 inputs, or 4x4 outputs and their mask
}

function scratchBytes(k: i32, n: i32): usize {
  return (
    preparedBytes(k, n) +
    TEMP_BYTES +
    patchBytes(k, n) +
    max(<usize>POSITIONS * (positionBytes(TILES, k) + positionBytes(TILES, n)), 9 * <usize>k * ROW)
  );
}

/** Bytes that `f32_winograd_prepare` writes. */
export function f32_winograd_prepared(geometry: Geometry): usize {
  return preparedBytes(geometry.inChannels, geometry.outChannels);
}

/** Bytes of scratch memory for `f32_winograd_prepare`. */
export function f32_winograd_prepare_scratch(geometry: Geometry): usize {
  const k = geometry.inChannels;
  return TEMP_BYTES + patchBytes(k, geometry.outChannels) + 9 * <usize>k * ROW;
}

/** What `f32_winograd_conv2d` makes of filter and bias first, for calls with the same ones. */
export function f32_winograd_prepare(
  filter: usize,
  bias: usize,
  prepared: usize,
  geometry: Geometry,
  scratch: usize,
  end: usize,
): void {
  checkGeometry(geometry);
  assert(isWinograd(geometry));
  check(filter, geometry.filterBytes);
  check(prepared, f32_winograd_prepared(geometry));
  checkScratch(scratch, scratch + f32_winograd_prepare_scratch(geometry), end);
  transformFilters(filter, bias, geometry, false, prepared, scratch);
}

/** Bytes of scratch memory for `f32_winograd_conv2d`. */
export function f32_winograd_conv2d_scratch(geometry: Geometry): usize {
  return scratchBytes(geometry.inChannels, geometry.outChannels);
}

/**
 * As `f32_conv2d`, for 3x3 filters and strides of 1 only. What is not a number or infinite spreads, as not a number, to
 * all of the 4x4 outputs whose tile sees it.
 * @param prepared 0, or the address of what `f32_winograd_prepare` made of filter and bias, which are not read then.
 */
export function f32_winograd_conv2d(
  x: usize,
  filter: usize,
  bias: usize,
  prepared: usize,
  y: usize,
  batch: i32,
  geometry: Geometry,
  relu: bool,
  scratch: usize,
  end: usize,
): void {
  checkGeometry(geometry);
  assert(isWinograd(geometry));
  checkScratch(scratch, scratch + f32_winograd_conv2d_scratch(geometry), end);
  const rest = scratch + f32_winograd_prepared(geometry);
  if (!prepared) {
    check(filter, geometry.filterBytes);
    transformFilters(filter, bias, geometry, false, scratch, rest);
  }
  convolve(x, 0, y, batch, geometry, relu, prepared ? prepared : scratch, rest);
}

/** Bytes of scratch memory for `f32_winograd_input_gradient`. */
export function f32_winograd_input_gradient_scratch(geometry: Geometry): usize {
  return GEOMETRY_BYTES + scratchBytes(geometry.outChannels, geometry.inChannels);
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
  geometry: Geometry,
  scratch: usize,
  end: usize,
): void {
  checkGeometry(geometry);
  assert(isWinograd(geometry));
  check(filter, geometry.filterBytes);
  checkScratch(scratch, scratch + f32_winograd_input_gradient_scratch(geometry), end);
  const turned = turnRound(geometry, scratch);
  const filters = scratch + GEOMETRY_BYTES;
  const rest = filters + f32_winograd_prepared(turned);
  transformFilters(filter, 0, turned, true, filters, rest);
  convolve(dy, mask, dx, batch, turned, false, filters, rest);
}

/** The geometry of the convolution that leads back from the output to the image. */
function turnRound(geometry: Geometry, to: usize): Geometry {
  const turned = changetype<Geometry>(to);
  turned.height = geometry.outH;
  turned.width = geometry.outW;
  turned.inChannels = geometry.outChannels;
  turned.outChannels = geometry.inChannels;
  turned.kernelH = 3;
  turned.kernelW = 3;
  turned.strideH = 1;
  turned.strideW = 1;
  turned.top = 2 - geometry.top;
  turned.left = 2 - geometry.left;
  turned.outH = geometry.height;
  turned.outW = geometry.width;
  return turned;
}

/**
 * What is prepared of filter and bias.
 * @param isTurned The filter is that of the convolution in the other direction: it is to be flipped and transposed.
 */
function transformFilters(
  filter: usize,
  bias: usize,
  geometry: Geometry,
  isTurned: bool,
  to: usize,
  temp: usize,
): void {
  const k = geometry.inChannels;
  const n = geometry.outChannels;
  const biases = to + filterBytes(k, n);
  const packed = temp + TEMP_BYTES + patchBytes(k, n);
  const tapBytes = f32Bytes(k * n);
  for (let panel = 0, all = panelCount(n); panel < all; panel++) {
    const start = panelStart(panel, n);
    packBias(bias, start, n, biases + <usize>panel * ROW);
    if (isTurned)
      for (let tap = 0; tap < 9; tap++) {
        const from = filter + <usize>(8 - tap) * tapBytes;
        packColumns(from, f32Bytes(k), k, start, n, packed + <usize>(tap * k) * ROW);
      }
    else packRows(filter, f32Bytes(n), 9 * k, start, n, packed);
    transformFilter(packed, k, temp, to + <usize>(panel * k) * ROW, positionBytes(k, n));
  }
}

/**
 * y of x, and 0 where `mask`, unless it is 0, is not above 0.
 * @param filters The address of what is prepared of filter and bias.
 */
function convolve(
  x: usize,
  mask: usize,
  y: usize,
  batch: i32,
  geometry: Geometry,
  relu: bool,
  filters: usize,
  temp: usize,
): void {
  check(x, <usize>batch * geometry.inBytes);
  check(y, <usize>batch * geometry.outBytes);
  if (mask) check(mask, <usize>batch * geometry.outBytes);
  const k = geometry.inChannels;
  const n = geometry.outChannels;
  const outH = geometry.outH;
  const outW = geometry.outW;
  const biases = filters + filterBytes(k, n);
  const patch = temp + TEMP_BYTES;
  const inputs = patch + patchBytes(k, n);
  const inputStep = positionBytes(TILES, k);
  const products = inputs + <usize>POSITIONS * inputStep;
  const productStep = positionBytes(TILES, n);
  const pixel = f32Bytes(n);
  const padded = patchPixel(n);
  const down = quarter(outH);
  const across = quarter(outW);
  for (let first = 0, tiles = batch * down * across; first < tiles; first += TILES) {
    const count = min(TILES, tiles - first);
    transformInputs(x, geometry, first, count, patch, temp, inputs, inputStep);
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
