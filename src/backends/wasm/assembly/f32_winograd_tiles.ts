// Tiles of images, numbered through all images of a batch, and the inputs' transform Bᵀ d B.

import { Geometry } from './geometry';
import { f32Bytes, madd } from './simd';
import { P, P2, PANEL, Q, Q2, nmadd } from './f32_winograd_points';
import { copyRows } from './tiles';

/** Whether Winograd's kernels do this convolution. */
export function isWinograd(geometry: Geometry): bool {
  return geometry.kernelH == 3 && geometry.kernelW == 3 && geometry.strideH == 1 && geometry.strideW == 1;
}

/** A quarter, rounded up: tiles along an axis, vectors of channels. */
// @inline
export function quarter(n: i32): i32 {
  return (n + 3) >> 2;
}

/** Bytes of a patch's pixel: whole vectors. */
export function patchPixel(channels: i32): usize {
  return (<usize>quarter(channels)) << 4;
}

/**
 * Where `size` x `size` pixels of an image begin; or of a copy at `patch`, if they hang over the image's edge (the copy
 * has zeros there) or if channels are not whole vectors (the copy's are).
 */
export function locate(
  image: usize,
  height: i32,
  width: i32,
  channels: i32,
  row: i32,
  column: i32,
  size: i32,
  patch: usize,
): usize {
  const pixel = f32Bytes(channels);
  const top = max(0, -row);
  const bottom = min(size, height - row);
  const left = max(0, -column);
  const right = min(size, width - column);
  if (bottom - top == size && right - left == size && !(channels & 3))
    return image + <usize>(row * width + column) * pixel;
  const padded = patchPixel(channels);
  memory.fill(patch, 0, <usize>(size * size) * padded);
  for (let i = top; i < bottom; i++) {
    const from = image + <usize>((row + i) * width + column + left) * pixel;
    copyRows(from, pixel, patch + <usize>(i * size + left) * padded, padded, right - left, pixel);
  }
  return patch;
}

/** Bᵀ d B of `count` tiles from the one numbered `first`: rows of panels of 8 channels at each position. */
export function transformInputs(
  x: usize,
  geometry: Geometry,
  first: i32,
  count: i32,
  patch: usize,
  temp: usize,
  to: usize,
  step: usize,
): void {
  const height = geometry.height;
  const width = geometry.width;
  const channels = geometry.inChannels;
  const down = quarter(geometry.outH);
  const across = quarter(geometry.outW);
  const pixel = f32Bytes(channels);
  const padded = patchPixel(channels);
  for (const end = first + count; first < end; first++) {
    const image = first / (down * across);
    const tile = first - image * (down * across);
    const row = ((tile / across) << 2) - geometry.top;
    const column = ((tile % across) << 2) - geometry.left;
    const from = locate(x + <usize>(image * height * width) * pixel, height, width, channels, row, column, 6, patch);
    if (from == patch) transformInput(from, 6 * padded, padded, channels, temp, to, step);
    else transformInput(from, <usize>width * pixel, pixel, channels, temp, to, step);
    to += 32;
  }
}

function transformInput(
  from: usize,
  row: usize,
  pixel: usize,
  channels: i32,
  temp: usize,
  to: usize,
  step: usize,
): void {
  for (let channel = 0; channel < channels; channel += 4) {
    let at = from;
    for (let i: usize = 0; i < 96; i += 16) {
      inputColumn(at, row, temp + i, 96);
      at += pixel;
    }
    at = to;
    for (let i: usize = 0; i < 576; i += 96) {
      inputColumn(temp + i, 16, at, step);
      at += step * 6;
    }
    from += 16;
    to += channel & 4 ? PANEL - 16 : 16;
  }
}

// @inline
function inputColumn(from: usize, row: usize, to: usize, step: usize): void {
  const d0 = v128.load(from);
  from += row;
  const d1 = v128.load(from);
  from += row;
  const d2 = v128.load(from);
  from += row;
  const d3 = v128.load(from);
  from += row;
  const d4 = v128.load(from);
  const d5 = v128.load(from + row);
  const product = f32x4.splat(P2 * Q2);
  const sum = f32x4.splat(P2 + Q2);
  v128.store(to, madd(product, d0, nmadd(sum, d2, d4)));
  to += step;
  const evenP = nmadd(f32x4.splat(Q2), d2, d4);
  const oddP = nmadd(f32x4.splat(Q2), d1, d3);
  v128.store(to, madd(f32x4.splat(P), oddP, evenP));
  to += step;
  v128.store(to, nmadd(f32x4.splat(P), oddP, evenP));
  to += step;
  const evenQ = nmadd(f32x4.splat(P2), d2, d4);
  const oddQ = nmadd(f32x4.splat(P2), d1, d3);
  v128.store(to, madd(f32x4.splat(Q), oddQ, evenQ));
  to += step;
  v128.store(to, nmadd(f32x4.splat(Q), oddQ, evenQ));
  v128.store(to + step, madd(product, d1, nmadd(sum, d3, d5)));
}
