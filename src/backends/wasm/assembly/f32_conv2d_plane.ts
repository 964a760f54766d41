// Convolutions of images with one channel, stride 1: pixels in the lanes. An image's row is contiguous, so four
// neighbouring pixels of the output need one unaligned load a tap, and only the stores have to turn the tile round to
// channels last. A tile of two channels wastes none of 6 or 16.

import { Geometry, checkGeometry } from './geometry';
import { check, checkScratch, f32Bytes, madd, zero } from './simd';
import { copyInside } from './tiles';

const CHANNELS: i32 = 2; // of a tile
const ROW: usize = 8; // bytes of a tap's weights for a tile

// @inline
function groups(outChannels: i32): i32 {
  return (outChannels + CHANNELS - 1) / CHANNELS;
}

/** Bytes that `packPlane` writes: each group's biases and taps, and the taps' offsets in the image. */
export function planePacked(outChannels: i32, taps: i32): usize {
  return (<usize>groups(outChannels) * (taps + 1) * ROW + f32Bytes(taps) + 15) & ~15;
}

/** Bytes of one image with its padding; tiles that hang over its end reach 3 rows and 3 floats further. */
export function planeImage(geometry: Geometry): usize {
  return ((<usize>(geometry.paddedH + 3) * geometry.paddedW + 6) << 2) & ~15;
}

/** Whether this kernel does the convolution. */
export function isPlane(geometry: Geometry): bool {
  return geometry.inChannels == 1 && geometry.strideH == 1 && geometry.strideW == 1;
}

/** Bytes of scratch memory for `f32_conv2d_plane`. */
export function f32_conv2d_plane_scratch(geometry: Geometry): usize {
  return planePacked(geometry.outChannels, geometry.taps) + planeImage(geometry);
}

/** `f32_conv2d` where inChannels, strideH and strideW are 1. */
export function f32_conv2d_plane(
  x: usize,
  filter: usize,
  bias: usize,
  y: usize,
  batch: i32,
  geometry: Geometry,
  relu: bool,
  scratch: usize,
  end: usize,
): void {
  checkGeometry(geometry);
  assert(isPlane(geometry));
  check(x, <usize>batch * geometry.inBytes);
  check(filter, geometry.filterBytes);
  check(y, <usize>batch * geometry.outBytes);
  const image = scratch + planePacked(geometry.outChannels, geometry.taps);
  const bytes = planeImage(geometry);
  checkScratch(scratch, image + bytes, end);
  packPlane(filter, bias, geometry, scratch);
  memory.fill(image, 0, bytes);
  for (; batch > 0; batch--) {
    copyInside(x, geometry, image);
    runPlane(image, scratch, geometry, y, relu);
    x += geometry.inBytes;
    y += geometry.outBytes;
  }
}

/** First channel of a group: the last group repeats some of the one before it. */
// @inline
function groupStart(group: i32, outChannels: i32): i32 {
  return max(0, min(group * CHANNELS, outChannels - CHANNELS));
}

/** Weights by pair of channels: a row of biases, then one a tap; after all groups the taps' offsets. */
export function packPlane(filter: usize, bias: usize, geometry: Geometry, to: usize): void {
  const taps = geometry.taps;
  const outChannels = geometry.outChannels;
  for (let group = 0; group < groups(outChannels); group++) {
    const start = groupStart(group, outChannels);
    for (let tap = -1; tap < taps; tap++)
      for (let i = 0; i < CHANNELS; i++) {
        const channel = min(start + i, outChannels - 1); // channels beyond the last are never stored
        let value: f32 = 0;
        if (tap >= 0) value = load<f32>(filter + f32Bytes(tap * outChannels + channel));
        else if (bias) value = load<f32>(bias + f32Bytes(channel));
        store<f32>(to, value);
        to += 4;
      }
  }
  for (let i = 0; i < geometry.kernelH; i++)
    for (let j = 0; j < geometry.kernelW; j++) {
      store<u32>(to, (i * geometry.paddedW + j) << 2);
      to += 4;
    }
}

/** One padded image into y [outH, outW, outChannels]. */
export function runPlane(image: usize, packed: usize, geometry: Geometry, y: usize, relu: bool): void {
  const taps = geometry.taps;
  const paddedW = geometry.paddedW;
  const outChannels = geometry.outChannels;
  const outH = geometry.outH;
  const outW = geometry.outW;
  const pixel = f32Bytes(outChannels);
  const all = groups(outChannels);
  const groupBytes = <usize>(taps + 1) * ROW;
  const offsets = packed + <usize>all * groupBytes;
  for (let group = 0; group < all; group++) {
    const to = y + f32Bytes(groupStart(group, outChannels));
    for (let row = 0; row < outH; row += 4)
      for (let column = 0; column < outW; column += 4)
        f32_plane_2x16(
          image + f32Bytes(row * paddedW + column),
          f32Bytes(paddedW),
          packed,
          offsets,
          taps,
          to + <usize>(row * outW + column) * pixel,
          <usize>outW * pixel,
          pixel,
          min(4, outH - row),
          min(4, outW - column),
          outChannels > 1,
          relu,
        );
    packed += groupBytes;
  }
}

/** Four pixels in each of four rows, of two channels. */
function f32_plane_2x16(
  x: usize,
  xRow: usize,
  weights: usize,
  offsets: usize,
  taps: i32,
  y: usize,
  yRow: usize,
  pixel: usize,
  rows: i32,
  pixels: i32,
  both: bool,
  relu: bool,
): void {
  let a0 = v128.load_splat<f32>(weights);
  let b0 = v128.load_splat<f32>(weights, 4);
  let a1 = a0;
  let b1 = b0;
  let a2 = a0;
  let b2 = b0;
  let a3 = a0;
  let b3 = b0;
  for (const end = offsets + f32Bytes(taps); offsets < end; offsets += 4) {
    weights += ROW;
    let from = x + load<u32>(offsets);
    const a = v128.load_splat<f32>(weights);
    const b = v128.load_splat<f32>(weights, 4);
    let v = v128.load(from);
    a0 = madd(a, v, a0);
    b0 = madd(b, v, b0);
    from += xRow;
    v = v128.load(from);
    a1 = madd(a, v, a1);
    b1 = madd(b, v, b1);
    from += xRow;
    v = v128.load(from);
    a2 = madd(a, v, a2);
    b2 = madd(b, v, b2);
    from += xRow;
    v = v128.load(from);
    a3 = madd(a, v, a3);
    b3 = madd(b, v, b3);
  }
  if (relu) {
    const z = zero(); // pmax keeps its first operand where that is not a number
    a0 = f32x4.pmax(a0, z);
    a1 = f32x4.pmax(a1, z);
    a2 = f32x4.pmax(a2, z);
    a3 = f32x4.pmax(a3, z);
    b0 = f32x4.pmax(b0, z);
    b1 = f32x4.pmax(b1, z);
    b2 = f32x4.pmax(b2, z);
    b3 = f32x4.pmax(b3, z);
  }
  storePixels(y, a0, b0, pixel, pixels, both);
  if (rows > 1) storePixels(y + yRow, a1, b1, pixel, pixels, both);
  if (rows > 2) storePixels(y + 2 * yRow, a2, b2, pixel, pixels, both);
  if (rows > 3) storePixels(y + 3 * yRow, a3, b3, pixel, pixels, both);
}

/** Stores the first `pixels` of four, of two channels or only one. */
// @inline
function storePixels(y: usize, a: v128, b: v128, pixel: usize, pixels: i32, both: bool): void {
  if (pixels == 4 && both) {
    const low = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    v128.store_lane<i64>(y, low, 0);
    v128.store_lane<i64>(y + pixel, low, 1);
    y += 2 * pixel;
    v128.store_lane<i64>(y, high, 0);
    v128.store_lane<i64>(y + pixel, high, 1);
  } else storeFewPixels(y, a, b, pixel, pixels, both);
}

function storeFewPixels(y: usize, a: v128, b: v128, pixel: usize, pixels: i32, both: bool): void {
  for (; pixels > 0; pixels--) {
    store<f32>(y, f32x4.extract_lane(a, 0));
    if (both) store<f32>(y, f32x4.extract_lane(b, 0), 4);
    a = v128.shuffle<f32>(a, a, 1, 2, 3, 0);
    b = v128.shuffle<f32>(b, b, 1, 2, 3, 0);
    y += pixel;
  }
}
