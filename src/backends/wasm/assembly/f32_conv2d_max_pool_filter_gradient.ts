// The gradient of a pooled convolution by its filter. For each channel of the output, the live pixels of a few images
// (as many as stay in the first cache) become a list, and every row of the filter passes over it.

import { ENTRY, addLive, stripRows, stripVectors } from './f32_conv2d_max_pool_live';
import { Geometry, checkGeometry } from './geometry';
import { aligned, check, checkScratch, f32Bytes, zero } from './simd';
import { copyInside } from './tiles';

const CACHED: usize = 24576; // bytes of padded images at a time

function imagesAtOnce(batch: i32, paddedBytes: usize): i32 {
  return min(batch, max(1, <i32>(CACHED / paddedBytes)));
}

/** Bytes of sums for a channel of the output: rows filled up to whole strips. */
function sumBytes(kernelH: i32, vectors: i32): usize {
  const rows = stripRows(vectors);
  return (<usize>((kernelH + rows - 1) / rows) * rows * vectors) << 4;
}

/** Bytes of scratch memory for `f32_conv2d_max_pool_filter_gradient`. */
export function f32_conv2d_max_pool_filter_gradient_scratch(batch: i32, geometry: Geometry, pool: i32): usize {
  const vectors = stripVectors(geometry.kernelW * geometry.inChannels);
  const images = <usize>imagesAtOnce(batch, geometry.paddedBytes);
  return (
    <usize>geometry.outChannels * sumBytes(geometry.kernelH, vectors) +
    offsetBytes(geometry) +
    listBytes(images, geometry, pool) +
    aligned(images * geometry.paddedBytes + slack(geometry.paddedRow, vectors))
  );
}

/** Bytes of the pixels' offsets in an image, after that of pixel -1. */
function offsetBytes(geometry: Geometry): usize {
  return aligned(f32Bytes(geometry.outH * geometry.outW + 1));
}

/** Bytes of one channel's list, whose last entry is nothing. */
function listBytes(images: usize, geometry: Geometry, pool: i32): usize {
  return aligned((images * (geometry.outH / pool) * (geometry.outW / pool) + 2) * ENTRY);
}

/** What the last windows' strips may read beyond the images. */
function slack(rowBytes: usize, vectors: i32): usize {
  return <usize>(stripRows(vectors) - 1) * rowBytes + ((<usize>vectors) << 4);
}

/**
 * dw [kernelH, kernelW, inChannels, outChannels], and db [outChannels] if it is not 0, of x [N, H, W, inChannels], dp
 * [N, outH / pool, outW / pool, outChannels] and argmax (int32, the same shape), which `f32_conv2d_max_pool` wrote.
 */
export function f32_conv2d_max_pool_filter_gradient(
  x: usize,
  dp: usize,
  argmax: usize,
  dw: usize,
  db: usize,
  batch: i32,
  geometry: Geometry,
  pool: i32,
  scratch: usize,
  end: usize,
): void {
  checkGeometry(geometry);
  const kernelH = geometry.kernelH;
  const outChannels = geometry.outChannels;
  const floats = geometry.kernelW * geometry.inChannels;
  const poolH = geometry.outH / pool;
  const poolW = geometry.outW / pool;
  const pooled = <usize>(poolH * poolW * outChannels);
  check(x, <usize>batch * geometry.inBytes);
  check(dp, (<usize>batch * pooled) << 2);
  check(argmax, (<usize>batch * pooled) << 2);
  check(dw, geometry.filterBytes);
  if (db) check(db, f32Bytes(outChannels));
  const vectors = stripVectors(floats);
  const rowsAtOnce = stripRows(vectors);
  const channelBytes = sumBytes(kernelH, vectors);
  const rowBytes = geometry.paddedRow;
  const paddedBytes = geometry.paddedBytes;
  const imagesMost = imagesAtOnce(batch, paddedBytes);
  // Of a larger image a few rows of windows at a time.
  const windowBytes = <usize>(pool * geometry.strideH) * rowBytes;
  const bandMost = imagesMost > 1 ? poolH : min(poolH, max(1, <i32>(CACHED / windowBytes)));

  // Scratch: the sums, the pixels' offsets in an image, one channel's list, padded images.
  const sumsEnd = scratch + <usize>outChannels * channelBytes;
  const offsets = sumsEnd + 4; // the one before is of pixel -1
  const list = sumsEnd + offsetBytes(geometry);
  const padded = list + listBytes(imagesMost, geometry, pool);
  const last = padded + <usize>imagesMost * paddedBytes + slack(rowBytes, vectors);
  checkScratch(scratch, last, end);
  memory.fill(scratch, 0, <usize>outChannels * channelBytes);
  if (db) memory.fill(db, 0, f32Bytes(outChannels));
  memory.fill(padded, 0, last - padded);
  writeOffsets(geometry, offsets);

  for (let image = 0; image < batch; image += imagesMost) {
    const images = min(imagesMost, batch - image);
    for (let i = 0; i < images; i++) {
      copyInside(x, geometry, padded + <usize>i * paddedBytes);
      x += geometry.inBytes;
    }
    for (let band = 0; band < poolH; band += bandMost) {
      const from = (<usize>image * pooled + <usize>(band * poolW * outChannels)) << 2;
      const bytes = f32Bytes(min(bandMost, poolH - band) * poolW * outChannels); // of each image
      for (let channel = 0; channel < outChannels; channel++) {
        const at = from + f32Bytes(channel);
        const listEnd = listLive(
          dp + at,
          argmax + at,
          images,
          bytes,
          pooled << 2,
          outChannels,
          offsets,
          padded,
          paddedBytes,
          list,
        );
        if (db) addBias(list, listEnd, db + f32Bytes(channel));
        let sums = scratch + <usize>channel * channelBytes;
        for (let row = 0; row < kernelH; row += rowsAtOnce) {
          addLive(list, listEnd, <usize>row * rowBytes, rowBytes, rowsAtOnce, sums, vectors);
          sums += (<usize>(rowsAtOnce * vectors)) << 4;
        }
      }
    }
  }
  writeRows(scratch, channelBytes, dw, kernelH, floats, vectors, outChannels);
}

/** Where in an image each pixel's window begins; pixel -1, which has none, at 0. */
function writeOffsets(geometry: Geometry, to: usize): void {
  const down = geometry.strideH * <i32>geometry.paddedRow;
  const step = (geometry.strideW * geometry.inChannels) << 2;
  store<u32>(to - 4, 0);
  for (let i = 0; i < geometry.outH; i++)
    for (let j = 0; j < geometry.outW; j++) {
      store<i32>(to, i * down + j * step);
      to += 4;
    }
}

/** One channel's live pixels of a few images; without branches, for which pixels are live is anybody's guess. */
function listLive(
  dp: usize,
  argmax: usize,
  images: i32,
  bytes: usize,
  pooledBytes: usize,
  channels: i32,
  offsets: usize,
  image: usize,
  imageBytes: usize,
  list: usize,
): usize {
  const step = f32Bytes(channels);
  const away = dp - argmax;
  for (; images > 0; images--) {
    for (let at = argmax, end = argmax + bytes; at < end; at += step) {
      const pixel = load<i32>(at);
      store<u32>(list, <u32>image + load<u32>(offsets + (pixel << 2)));
      store<f32>(list, load<f32>(at + away), 4);
      list += <usize>i32(pixel >= 0) * ENTRY;
    }
    argmax += pooledBytes;
    image += imageBytes;
  }
  store<u32>(list, 0); // an even number is easier to sum
  store<f32>(list, 0, 4);
  return list;
}

/** Adds a list's gradients to one bias's; two entries at a time. */
function addBias(list: usize, end: usize, bias: usize): void {
  const gradients = i32x4(0, -1, 0, -1);
  let s0 = zero();
  let s1 = zero();
  for (; list + 2 * ENTRY < end; list += 4 * ENTRY) {
    s0 = f32x4.add(s0, v128.and(gradients, v128.load(list)));
    s1 = f32x4.add(s1, v128.and(gradients, v128.load(list, 16)));
  }
  if (list < end) s0 = f32x4.add(s0, v128.and(gradients, v128.load(list)));
  s0 = f32x4.add(s0, s1);
  store<f32>(bias, load<f32>(bias) + f32x4.extract_lane(s0, 1) + f32x4.extract_lane(s0, 3));
}

/** Sums by channel into dw, channels last. */
function writeRows(
  sums: usize,
  channelBytes: usize,
  dw: usize,
  rows: i32,
  floats: i32,
  vectors: i32,
  channels: i32,
): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < floats; i++) {
      let from = sums + f32Bytes(i);
      for (const end = dw + f32Bytes(channels); dw < end; dw += 4) {
        store<f32>(dw, load<f32>(from));
        from += channelBytes;
      }
    }
    sums += (<usize>vectors) << 4;
  }
}
