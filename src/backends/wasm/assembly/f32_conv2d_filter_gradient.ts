// The gradient of a convolution by its filter: a product over all pixels of all images, the window's pixels of x by
// those of dy. A few hundred pixels at a time, so that they stay in the first cache while every tile of the filter
// passes over them.

import { f32_gemm_tn_4x8 } from './f32_gemm_4x8';
import { Geometry, checkGeometry } from './geometry';
import { ROW, packRows, panelBytes, panelCount, panelStart } from './panels';
import { aligned, check, checkScratch, f32Bytes, storeRow, zero } from './simd';
import { copyInside } from './tiles';

const PIXELS: i32 = 256; // about as many at a time

function imagesAtOnce(geometry: Geometry, batch: i32): i32 {
  return min(batch, max(1, PIXELS / (geometry.outH * geometry.outW)));
}

function rowsAtOnce(geometry: Geometry): i32 {
  return min(geometry.outH, max(1, PIXELS / geometry.outW));
}

/** Bytes of scratch memory for `f32_conv2d_filter_gradient`. */
export function f32_conv2d_filter_gradient_scratch(batch: i32, geometry: Geometry): usize {
  const images = <usize>imagesAtOnce(geometry, batch);
  return (
    aligned(f32Bytes(geometry.taps)) +
    <usize>panelCount(geometry.outChannels) * panelBytes(geometry.taps) +
    images * rowsAtOnce(geometry) * geometry.outW * ROW +
    images * geometry.paddedBytes
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
  geometry: Geometry,
  scratch: usize,
  end: usize,
): void {
  checkGeometry(geometry);
  check(x, <usize>batch * geometry.inBytes);
  check(dy, <usize>batch * geometry.outBytes);
  check(dw, geometry.filterBytes);
  const taps = geometry.taps;
  const outChannels = geometry.outChannels;
  const outH = geometry.outH;
  const outW = geometry.outW;
  const imagesMost = imagesAtOnce(geometry, batch);
  const rowsMost = rowsAtOnce(geometry);
  const all = panelCount(outChannels);
  const sumBytes = panelBytes(taps);

  // Scratch: the taps' offsets in an image, the sums in panels (the bias's, then the taps'), dy's panel, padded images.
  const offsets = scratch;
  const sums = offsets + aligned(f32Bytes(taps));
  const packed = sums + <usize>all * sumBytes;
  const padded = packed + <usize>imagesMost * rowsMost * outW * ROW;
  const isPadded = !geometry.isInside;
  const pixelBytes = f32Bytes(geometry.inChannels);
  const rowBytes = isPadded ? geometry.paddedRow : <usize>geometry.width * pixelBytes;
  const imageBytes = isPadded ? geometry.paddedBytes : geometry.inBytes;
  checkScratch(scratch, isPadded ? padded + <usize>imagesMost * imageBytes : padded, end);

  writeOffsets(geometry, rowBytes, offsets);
  memory.fill(sums, 0, <usize>all * sumBytes);
  if (isPadded) memory.fill(padded, 0, <usize>imagesMost * imageBytes);

  const dyPixel = f32Bytes(outChannels);
  const step = <usize>geometry.strideW * pixelBytes;
  const down = <usize>geometry.strideH * rowBytes;
  for (let image = 0; image < batch; image += imagesMost) {
    const images = min(imagesMost, batch - image);
    if (isPadded)
      for (let i = 0; i < images; i++)
        copyInside(x + <usize>(image + i) * geometry.inBytes, geometry, padded + <usize>i * imageBytes);
    const first = isPadded ? padded : x + <usize>image * imageBytes;
    for (let row = 0; row < outH; row += rowsMost) {
      const rows = min(rowsMost, outH - row);
      const a = first + <usize>row * down;
      for (let panel = 0; panel < all; panel++) {
        const pixels = rows * outW;
        for (let i = 0; i < images; i++) {
          const from = dy + <usize>(image + i) * geometry.outBytes + <usize>(row * outW) * dyPixel;
          packRows(
            from,
            dyPixel,
            pixels,
            panelStart(panel, outChannels),
            outChannels,
            packed + <usize>(i * pixels) * ROW,
          );
        }
        let c = sums + <usize>panel * sumBytes;
        if (db) addRows(packed, images * pixels, c);
        c += ROW;
        for (let tap = 0; tap < taps; tap += 4) {
          const tap1 = min(tap + 1, taps - 1);
          const tap2 = min(tap + 2, taps - 1);
          const tap3 = min(tap + 3, taps - 1);
          f32_gemm_tn_4x8(
            a + load<u32>(offsets + f32Bytes(tap)),
            a + load<u32>(offsets + f32Bytes(tap1)),
            a + load<u32>(offsets + f32Bytes(tap2)),
            a + load<u32>(offsets + f32Bytes(tap3)),
            step,
            down - <usize>outW * step,
            imageBytes - <usize>rows * down,
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
  writeSums(sums, taps, outChannels, dw, db);
}

/** Where in an image each tap of the first window lies. */
function writeOffsets(geometry: Geometry, rowBytes: usize, to: usize): void {
  for (let i = 0; i < geometry.kernelH; i++)
    for (let j = 0; j < geometry.kernelW * geometry.inChannels; j++) {
      store<u32>(to, i * <u32>rowBytes + (j << 2));
      to += 4;
    }
}

/** Sums in panels into db, unless it is 0, and dw. */
function writeSums(sums: usize, taps: i32, outChannels: i32, dw: usize, db: usize): void {
  const columns = min(outChannels, 8);
  for (let panel = 0, all = panelCount(outChannels); panel < all; panel++) {
    const start = f32Bytes(panelStart(panel, outChannels));
    for (let tap = -1; tap < taps; tap++) {
      const row = tap < 0 ? db : dw + f32Bytes(tap * outChannels);
      if (row) storeRow(row + start, v128.load(sums), v128.load(sums, 16), columns);
      sums += ROW;
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
