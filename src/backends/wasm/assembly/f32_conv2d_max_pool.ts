// Convolution, ReLU and max pooling in one kernel: an image's convolution lives in scratch memory alone, in the cache.
// What the gradients need of it is where each window's greatest pixel lies.

import { reach } from './f32_conv2d';
import { packPlane, planeImage, planePacked, runPlane } from './f32_conv2d_plane';
import { ROW, packBias, packRows, panelCount, panelStart } from './panels';
import { check, checkScratch, loadPart, storePart, zero } from './simd';
import { TILE, copyRows, makeTiles, runTiles, tileCount } from './tiles';

// @ts-ignore: decorator
@inline
function aligned(bytes: usize): usize {
  return (bytes + 15) & ~15;
}

export function f32_conv2d_max_pool_scratch(
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
  pool: i32,
): usize {
  const taps = kernelH * kernelW * inChannels;
  const conv = aligned((<usize>outH * outW * outChannels) << 2);
  if (inChannels == 1 && strideH == 1 && strideW == 1)
    return conv + planePacked(outChannels, taps) + planeImage(kernelH, kernelW, outH, outW);
  return (
    conv +
    <usize>panelCount(outChannels) * (<usize>(taps + 1) * ROW) +
    <usize>tileCount(outH * outW) * TILE +
    aligned((<usize>reach(outH, strideH, kernelH) * reach(outW, strideW, kernelW) * inChannels) << 2)
  );
}

/**
 * p [N, outH / pool, outW / pool, outChannels], the greatest value of each window of pool x pixels of the convolution
 * (leftovers are dropped; not a number wins), and argmax (int32, the same shape), its pixel y · outW + x, the first of
 * equals, or -1 where ReLU made it zero. No argmax is written if its address is 0.
 */
export function f32_conv2d_max_pool(
  x: usize,
  filter: usize,
  bias: usize,
  p: usize,
  argmax: usize,
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
  pool: i32,
  relu: bool,
  scratch: usize,
  end: usize,
): void {
  const taps = kernelH * kernelW * inChannels;
  const imageBytes = (<usize>height * width * inChannels) << 2;
  const poolH = outH / pool;
  const poolW = outW / pool;
  const poolBytes = (<usize>poolH * poolW * outChannels) << 2;
  check(x, <usize>batch * imageBytes);
  check(filter, (<usize>taps * outChannels) << 2);
  check(p, <usize>batch * poolBytes);
  if (argmax) check(argmax, <usize>batch * poolBytes);
  const rows = poolH * pool; // of the convolution, without leftovers
  const columns = poolW * pool;

  // Scratch: one image's convolution, the packed filter, the tiles, one padded image.
  const conv = scratch;
  const packed = conv + aligned((<usize>rows * columns * outChannels) << 2);
  const paddedH = reach(rows, strideH, kernelH);
  const paddedW = reach(columns, strideW, kernelW);
  const plane = inChannels == 1 && strideH == 1 && strideW == 1;
  const direct = !plane && top == 0 && left == 0 && paddedH <= height && paddedW <= width;
  const rowBytes: i32 = ((direct ? width : paddedW) * inChannels) << 2;
  const panelBytes = <usize>(taps + 1) * ROW;
  const tiles = packed + <usize>panelCount(outChannels) * panelBytes;
  const count = tileCount(rows * columns);
  let padded: usize;
  let paddedBytes: usize;
  if (plane) {
    padded = packed + planePacked(outChannels, taps);
    paddedBytes = planeImage(kernelH, kernelW, rows, columns);
    packPlane(filter, bias, outChannels, kernelH, kernelW, paddedW, packed);
  } else {
    padded = tiles + <usize>count * TILE;
    paddedBytes = direct ? 0 : <usize>paddedH * rowBytes;
    for (let panel = 0, all = panelCount(outChannels); panel < all; panel++) {
      const to = packed + <usize>panel * panelBytes;
      const start = panelStart(panel, outChannels);
      packBias(bias, start, outChannels, to);
      packRows(filter, <usize>outChannels << 2, taps, start, outChannels, to + ROW);
    }
    // prettier-ignore
    makeTiles(
      tiles,
      rows, height, kernelH, strideH, -top, direct ? 0 : top,
      columns, width, kernelW, strideW, -left, direct ? 0 : left,
      inChannels, rowBytes, 0, (columns * outChannels) << 2, outChannels << 2,
    );
  }
  checkScratch(scratch, padded + paddedBytes, end);
  if (!direct) memory.fill(padded, 0, paddedBytes);

  const inside = padded + <usize>top * rowBytes + (<usize>(left * inChannels) << 2);
  const insideRows = min(height, paddedH - top);
  const insideBytes = (<usize>min(width, paddedW - left) * inChannels) << 2;
  for (; batch > 0; batch--) {
    if (!direct) copyRows(x, (<usize>width * inChannels) << 2, inside, rowBytes, insideRows, insideBytes);
    if (plane) runPlane(padded, packed, taps, paddedW, outChannels, rows, columns, conv, false);
    else runTiles(tiles, count, direct ? x : padded, packed, panelBytes, outChannels, conv, false);
    maxPool(conv, p, argmax, poolH, poolW, outChannels, columns, outW, pool, relu);
    x += imageBytes;
    p += poolBytes;
    if (argmax) argmax += poolBytes;
  }
}

/**
 * The second half alone, where Winograd's kernel does the first: p and argmax of y [N, outH, outW, channels], as above.
 */
export function f32_max_pool_argmax(
  y: usize,
  p: usize,
  argmax: usize,
  batch: i32,
  outH: i32,
  outW: i32,
  channels: i32,
  pool: i32,
  relu: bool,
): void {
  const poolH = outH / pool;
  const poolW = outW / pool;
  const yBytes = <usize>(outH * outW * channels) << 2;
  const poolBytes = <usize>(poolH * poolW * channels) << 2;
  check(y, <usize>batch * yBytes);
  check(p, <usize>batch * poolBytes);
  if (argmax) check(argmax, <usize>batch * poolBytes);
  for (; batch > 0; batch--) {
    maxPool(y, p, argmax, poolH, poolW, channels, outW, outW, pool, relu);
    y += yBytes;
    p += poolBytes;
    if (argmax) argmax += poolBytes;
  }
}

/**
 * One image's maximum and argmax, four channels at a time; the last four may repeat some.
 * @param columns Of conv; `outW` those by which argmax counts.
 */
function maxPool(
  conv: usize,
  p: usize,
  argmax: usize,
  poolH: i32,
  poolW: i32,
  channels: i32,
  columns: i32,
  outW: i32,
  pool: i32,
  relu: bool,
): void {
  const pixel = <usize>channels << 2;
  const window = <usize>pool * pixel;
  const row = <usize>columns * pixel;
  const lanes = min(4, channels);
  for (let py = 0; py < poolH; py++) {
    for (let px = 0; px < poolW; px++) {
      const first = i32x4.splat((py * outW + px) * pool);
      for (let c = 0; c < channels; c += 4) {
        const offset = <usize>max(0, min(c, channels - 4)) << 2;
        let from = conv + offset;
        let most = loadPart(from, lanes);
        let at = first;
        if (pool == 2 && lanes == 4) {
          // The common case, without loops.
          let v = v128.load(from + pixel);
          let better = isBetter(v, most);
          most = v128.bitselect(v, most, better);
          at = i32x4.sub(at, better);
          from += row;
          v = v128.load(from);
          better = isBetter(v, most);
          most = v128.bitselect(v, most, better);
          const below = i32x4.add(first, i32x4.splat(outW));
          at = v128.bitselect(below, at, better);
          v = v128.load(from + pixel);
          better = isBetter(v, most);
          most = v128.bitselect(v, most, better);
          at = v128.bitselect(i32x4.add(below, i32x4.splat(1)), at, better);
        } else
          for (let i = 0; i < pool; i++) {
            let here = i32x4.add(first, i32x4.splat(i * outW));
            for (let to = from + window; from < to; from += pixel) {
              const v = loadPart(from, lanes);
              const better = isBetter(v, most);
              most = v128.bitselect(v, most, better);
              at = v128.bitselect(here, at, better);
              here = i32x4.add(here, i32x4.splat(1));
            }
            from += row - window;
          }
        if (relu) {
          const dead = f32x4.le(most, zero());
          most = v128.andnot(most, dead);
          at = v128.or(at, dead); // all bits of -1
        }
        storePart(p + offset, most, lanes);
        if (argmax) storePart(argmax + offset, at, lanes);
      }
      conv += window;
      p += pixel;
      if (argmax) argmax += pixel;
    }
    conv += <usize>pool * row - <usize>poolW * window;
  }
}

/** Greater, or not a number where none was before. */
// @ts-ignore: decorator
@inline
function isBetter(v: v128, most: v128): v128 {
  return v128.andnot(f32x4.eq(most, most), f32x4.le(v, most));
}
