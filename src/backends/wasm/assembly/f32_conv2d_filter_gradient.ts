// The gradient of a convolution by its filter: a product over all pixels of all images, the window's pixels of x by
// those of dy. A few hundred pixels at a time, so that they stay in the first cache while every tile of the filter
// passes over them.

import { reach } from './f32_conv2d';
import { f32_gemm_tn_4x8 } from './f32_gemm_4x8';
import { ROW, packRows, panelCount, panelStart } from './panels';
import { check, checkScratch, storeRow, zero } from './simd';
import { copyRows } from './tiles';

const PIXELS: i32 = 256; // about as many at a time

// @ts-ignore: decorator
@inline
function imagesAtOnce(outH: i32, outW: i32, batch: i32): i32 {
  return min(batch, max(1, PIXELS / (outH * outW)));
}

// @ts-ignore: decorator
@inline
function rowsAtOnce(outH: i32, outW: i32): i32 {
  return min(outH, max(1, PIXELS / outW));
}

export function f32_conv2d_filter_gradient_scratch(
  batch: i32,
  inChannels: i32,
  outChannels: i32,
  kernelH: i32,
  kernelW: i32,
  strideH: i32,
  strideW: i32,
  outH: i32,
  outW: i32,
): usize {
  const images = imagesAtOnce(outH, outW, batch);
  const taps = kernelH * kernelW * inChannels;
  const padded = <usize>images * reach(outH, strideH, kernelH) * reach(outW, strideW, kernelW) * inChannels;
  return (
    ((<usize>(taps + 3) << 2) & ~15) +
    <usize>panelCount(outChannels) * (<usize>(taps + 1) * ROW) +
    <usize>images * rowsAtOnce(outH, outW) * outW * ROW +
    (padded << 2)
  );
}

/**
 * dw [kernelH, kernelW, inChannels, outChannels] of x [N, H, W, inChannels] and dy [N, outH, outW, outChannels], and
 * db [outChannels], the sum of dy over all pixels, if `db` is not 0.
 */
export function f32_conv2d_filter_gradient(
  x: usize,
  dy: usize,
  dw: usize,
  db: usize,
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
  const taps = kernelH * kernelW * inChannels;
  const imageBytes = (<usize>height * width * inChannels) << 2;
  const dyBytes = (<usize>outH * outW * outChannels) << 2;
  check(x, <usize>batch * imageBytes);
  check(dy, <usize>batch * dyBytes);
  check(dw, (<usize>taps * outChannels) << 2);
  const imagesMost = imagesAtOnce(outH, outW, batch);
  const rowsMost = rowsAtOnce(outH, outW);
  const all = panelCount(outChannels);
  const panelBytes = <usize>(taps + 1) * ROW;

  // Scratch: the taps' offsets in an image, the sums in panels (the bias's, then the taps'), dy's panel, padded images.
  const offsets = scratch;
  const sums = offsets + ((<usize>(taps + 3) << 2) & ~15);
  const packed = sums + <usize>all * panelBytes;
  const padded = packed + <usize>imagesMost * rowsMost * outW * ROW;
  const paddedH = reach(outH, strideH, kernelH);
  const paddedW = reach(outW, strideW, kernelW);
  const direct = top == 0 && left == 0 && paddedH <= height && paddedW <= width;
  const rowBytes = (<usize>(direct ? width : paddedW) * inChannels) << 2;
  const paddedBytes = direct ? imageBytes : <usize>paddedH * rowBytes;
  checkScratch(scratch, padded + (direct ? 0 : <usize>imagesMost * paddedBytes), end);

  let at = offsets;
  for (let i = 0; i < kernelH; i++)
    for (let j = 0; j < kernelW * inChannels; j++) {
      store<u32>(at, i * <u32>rowBytes + (j << 2));
      at += 4;
    }
  memory.fill(sums, 0, <usize>all * panelBytes);
  if (!direct) memory.fill(padded, 0, <usize>imagesMost * paddedBytes);
  const inside = padded + <usize>top * rowBytes + (<usize>(left * inChannels) << 2);
  const insideRows = min(height, paddedH - top);
  const insideBytes = (<usize>min(width, paddedW - left) * inChannels) << 2;

  const dyPixel = <usize>outChannels << 2;
  const step = (<usize>strideW * inChannels) << 2;
  const down = <usize>strideH * rowBytes;
  for (let image = 0; image < batch; image += imagesMost) {
    const images = min(imagesMost, batch - image);
    if (!direct)
      for (let i = 0; i < images; i++)
        copyRows(
          x + <usize>(image + i) * imageBytes,
          (<usize>width * inChannels) << 2,
          inside + <usize>i * paddedBytes,
          rowBytes,
          insideRows,
          insideBytes,
        );
    const first = direct ? x + <usize>image * imageBytes : padded;
    for (let row = 0; row < outH; row += rowsMost) {
      const rows = min(rowsMost, outH - row);
      const a = first + <usize>row * down;
      for (let panel = 0; panel < all; panel++) {
        const pixels = rows * outW;
        for (let i = 0; i < images; i++) {
          const from = dy + <usize>(image + i) * dyBytes + <usize>(row * outW) * dyPixel;
          packRows(from, dyPixel, pixels, panelStart(panel, outChannels), outChannels, packed + <usize>(i * pixels) * ROW);
        }
        let c = sums + <usize>panel * panelBytes;
        if (db) addRows(packed, images * pixels, c);
        c += ROW;
        for (let tap = 0; tap < taps; tap += 4) {
          const tap1 = min(tap + 1, taps - 1);
          const tap2 = min(tap + 2, taps - 1);
          const tap3 = min(tap + 3, taps - 1);
          f32_gemm_tn_4x8(
            a + load<u32>(offsets + (<usize>tap << 2)),
            a + load<u32>(offsets + (<usize>tap1 << 2)),
            a + load<u32>(offsets + (<usize>tap2 << 2)),
            a + load<u32>(offsets + (<usize>tap3 << 2)),
            step,
            down - <usize>outW * step,
            paddedBytes - <usize>rows * down,
            packed,
            ROW,
            outW,
            rows,
            images,
            c + <usize>tap * ROW,
            c + <usize>tap1 * ROW,
            c + <usize>tap2 * ROW,
            c + <usize>tap3 * ROW,
            8,
            true,
          );
        }
      }
    }
  }

  const columns = min(outChannels, 8);
  for (let panel = 0; panel < all; panel++) {
    let from = sums + <usize>panel * panelBytes;
    const start = <usize>panelStart(panel, outChannels) << 2;
    if (db) storeRow(db + start, v128.load(from), v128.load(from, 16), columns);
    let to = dw + start;
    for (let tap = 0; tap < taps; tap++) {
      from += ROW;
      storeRow(to, v128.load(from), v128.load(from, 16), columns);
      to += dyPixel;
    }
  }
}

/** Adds `count` rows of 8 to the row at `to`, in four chains. */
function addRows(from: usize, count: i32, to: usize): void {
  let s0 = v128.load(to);
  let s1 = v128.load(to, 16);
  let t0 = zero();
  let t1 = zero();
  for (; count >= 2; count -= 2) {
    s0 = f32x4.add(s0, v128.load(from));
    s1 = f32x4.add(s1, v128.load(from, 16));
    t0 = f32x4.add(t0, v128.load(from, 32));
    t1 = f32x4.add(t1, v128.load(from, 48));
    from += 64;
  }
  if (count) {
    s0 = f32x4.add(s0, v128.load(from));
    s1 = f32x4.add(s1, v128.load(from, 16));
  }
  v128.store(to, f32x4.add(s0, t0));
  v128.store(to, f32x4.add(s1, t1), 16);
}
