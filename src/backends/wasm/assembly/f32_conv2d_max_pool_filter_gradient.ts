// The gradient of a pooled convolution by its filter. For each channel of the output, the live pixels of a few images
// (as many as stay in the first cache) become a list, and every row of the filter passes over it.

import { reach } from './f32_conv2d';
import { ENTRY, addLive, stripRows, stripVectors } from './f32_conv2d_max_pool_live';
import { check, checkScratch, zero } from './simd';
import { copyRows } from './tiles';

const CACHED: usize = 24576; // bytes of padded images at a time

// @ts-ignore: decorator
@inline
function imagesAtOnce(batch: i32, paddedBytes: usize): i32 {
  return min(batch, max(1, <i32>(CACHED / paddedBytes)));
}

/** Bytes of sums for a channel of the output: rows filled up to whole strips. */
function sumBytes(kernelH: i32, vectors: i32): usize {
  const rows = stripRows(vectors);
  return (<usize>((kernelH + rows - 1) / rows) * rows * vectors) << 4;
}

export function f32_conv2d_max_pool_filter_gradient_scratch(
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
  const vectors = stripVectors(kernelW * inChannels);
  const rowBytes = (<usize>reach(outW, strideW, kernelW) * inChannels) << 2;
  const paddedBytes = <usize>reach(outH, strideH, kernelH) * rowBytes;
  const images = imagesAtOnce(batch, paddedBytes);
  return (
    <usize>outChannels * sumBytes(kernelH, vectors) +
    ((<usize>(outH * outW + 4) << 2) & ~15) +
    ((<usize>(images * (outH / pool) * (outW / pool) + 3) * ENTRY) & ~15) +
    ((<usize>images * paddedBytes + slack(rowBytes, vectors) + 15) & ~15)
  );
}

/** What the last windows' strips may read beyond the images. */
// @ts-ignore: decorator
@inline
function slack(rowBytes: usize, vectors: i32): usize {
  return <usize>(stripRows(vectors) - 1) * rowBytes + (<usize>vectors << 4);
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
  scratch: usize,
  end: usize,
): void {
  const floats = kernelW * inChannels;
  const imageBytes = (<usize>height * width * inChannels) << 2;
  const poolH = outH / pool;
  const poolW = outW / pool;
  const pooled = <usize>(poolH * poolW * outChannels);
  check(x, <usize>batch * imageBytes);
  check(dp, (<usize>batch * pooled) << 2);
  check(argmax, (<usize>batch * pooled) << 2);
  check(dw, <usize>(kernelH * floats * outChannels) << 2);
  if (db) check(db, <usize>outChannels << 2);
  const vectors = stripVectors(floats);
  const rowsAtOnce = stripRows(vectors);
  const channelBytes = sumBytes(kernelH, vectors);
  const paddedH = reach(outH, strideH, kernelH);
  const paddedW = reach(outW, strideW, kernelW);
  const rowBytes = (<usize>paddedW * inChannels) << 2;
  const paddedBytes = <usize>paddedH * rowBytes;
  const imagesMost = imagesAtOnce(batch, paddedBytes);
  // Of a larger image a few rows of windows at a time.
  const bandMost = imagesMost > 1 ? poolH : min(poolH, max(1, <i32>(CACHED / (<usize>(pool * strideH) * rowBytes))));

  // Scratch: the sums, the pixels' offsets in an image, one channel's list, padded images.
  const offsets = scratch + <usize>outChannels * channelBytes + 4; // the one before is of pixel -1
  const list = offsets - 4 + ((<usize>(outH * outW + 4) << 2) & ~15);
  const padded = list + ((<usize>imagesMost * (pooled / outChannels) + 3) * ENTRY & ~15);
  const last = padded + <usize>imagesMost * paddedBytes + slack(rowBytes, vectors);
  checkScratch(scratch, last, end);
  memory.fill(scratch, 0, <usize>outChannels * channelBytes);
  if (db) memory.fill(db, 0, <usize>outChannels << 2);
  memory.fill(padded, 0, last - padded);
  store<u32>(offsets - 4, 0);
  for (let i = 0, at = offsets; i < outH; i++)
    for (let j = 0; j < outW; j++) {
      store<u32>(at, <u32>(i * strideH) * <u32>rowBytes + ((j * strideW * inChannels) << 2));
      at += 4;
    }

  const inside = padded + <usize>top * rowBytes + (<usize>(left * inChannels) << 2);
  const insideRows = min(height, paddedH - top);
  const insideBytes = (<usize>min(width, paddedW - left) * inChannels) << 2;
  for (let image = 0; image < batch; image += imagesMost) {
    const images = min(imagesMost, batch - image);
    for (let i = 0; i < images; i++) {
      copyRows(x, (<usize>width * inChannels) << 2, inside + <usize>i * paddedBytes, rowBytes, insideRows, insideBytes);
      x += imageBytes;
    }
    for (let band = 0; band < poolH; band += bandMost) {
      const from = (<usize>image * pooled + <usize>(band * poolW * outChannels)) << 2;
      const bytes = <usize>(min(bandMost, poolH - band) * poolW * outChannels) << 2; // of each image
      for (let channel = 0; channel < outChannels; channel++) {
        const at = from + (<usize>channel << 2);
        // prettier-ignore
        const listEnd = listLive(
          dp + at, argmax + at, images, bytes, pooled << 2, outChannels, offsets, padded, paddedBytes, list,
        );
        if (db) addBias(list, listEnd, db + (<usize>channel << 2));
        let sums = scratch + <usize>channel * channelBytes;
        for (let row = 0; row < kernelH; row += rowsAtOnce) {
          addLive(list, listEnd, <usize>row * rowBytes, rowBytes, rowsAtOnce, sums, vectors);
          sums += <usize>(rowsAtOnce * vectors) << 4;
        }
      }
    }
  }
  writeRows(scratch, channelBytes, dw, kernelH, floats, vectors, outChannels);
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
  const step = <usize>channels << 2;
  const away = dp - argmax;
  for (; images > 0; images--) {
    for (let at = argmax, end = argmax + bytes; at < end; at += step) {
      const pixel = load<i32>(at);
      store<u32>(list, <u32>image + load<u32>(offsets + (pixel << 2)));
      store<f32>(list, load<f32>(at + away), 4);
      list += <usize>(pixel >= 0) * ENTRY;
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
function writeRows(sums: usize, channelBytes: usize, dw: usize, rows: i32, floats: i32, vectors: i32, channels: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < floats; i++) {
      let from = sums + (<usize>i << 2);
      for (const end = dw + (<usize>channels << 2); dw < end; dw += 4) {
        store<f32>(dw, load<f32>(from));
        from += channelBytes;
      }
    }
    sums += <usize>vectors << 4;
  }
}
