// The gradient of a pooled convolution by its input. A window's live pixels in one column share the rows of dx that
// they reach: for each of those rows, all of them are one list, whose sum is added to dx at once.

import { ENTRY, addLive, stripVectors } from './f32_conv2d_max_pool_live';
import { pooledBytes } from './f32_max_pool_argmax';
import { Geometry, checkGeometry } from './geometry';
import { aligned, check, checkScratch, f32Bytes, loadPart, storePart, zero } from './simd';

const SQUEEZES: usize = 256; // bytes of sixteen shuffles

/** Bytes of scratch memory for `f32_conv2d_max_pool_input_gradient`. */
export function f32_conv2d_max_pool_input_gradient_scratch(geometry: Geometry, pool: i32): usize {
  const vectors = rowVectors(geometry.kernelW * geometry.inChannels);
  return (
    ((<usize>(geometry.outChannels * geometry.kernelH * vectors)) << 4) +
    listBytes(geometry.outChannels, pool) +
    imageBytes(geometry, vectors)
  );
}

/** Whole strips; sums of several rows at once have no use here, so that there are at least four vectors. */
function rowVectors(floats: i32): i32 {
  return max(4, stripVectors(floats));
}

/** One column's list, where each of its pixels' entries begin, and the shuffles that it is made with. */
function listBytes(channels: i32, pool: i32): usize {
  return aligned(<usize>(channels + 4) * ENTRY + f32Bytes(pool + 1)) + SQUEEZES;
}

/** Floats of a row of dx with its padding, where also no window reaches. */
function rowFloats(geometry: Geometry): i32 {
  return max(geometry.paddedW, geometry.left + geometry.width) * geometry.inChannels;
}

/** Bytes of dx of one image with its padding; the last row's strips may reach further. */
function imageBytes(geometry: Geometry, vectors: i32): usize {
  const rows = max(geometry.paddedH, geometry.top + geometry.height);
  return aligned(f32Bytes(rows * rowFloats(geometry)) + ((<usize>vectors) << 4));
}

/**
 * dx [N, H, W, inChannels] of dp [N, outH / pool, outW / pool, outChannels] and argmax (int32, the same shape), which
 * `f32_conv2d_max_pool` wrote. If x came out of a ReLU, `mask` is its address, otherwise 0: dx is zero where x is not
 * greater than zero.
 */
export function f32_conv2d_max_pool_input_gradient(
  dp: usize,
  argmax: usize,
  filter: usize,
  dx: usize,
  mask: usize,
  batch: i32,
  geometry: Geometry,
  pool: i32,
  scratch: usize,
  end: usize,
): void {
  checkGeometry(geometry);
  const outChannels = geometry.outChannels;
  const kernelH = geometry.kernelH;
  const strideH = geometry.strideH;
  const outW = geometry.outW;
  const floats = geometry.kernelW * geometry.inChannels;
  const poolH = geometry.outH / pool;
  const poolW = outW / pool;
  const poolBytes = pooledBytes(geometry, pool);
  check(dp, <usize>batch * poolBytes);
  check(argmax, <usize>batch * poolBytes);
  check(filter, geometry.filterBytes);
  check(dx, <usize>batch * geometry.inBytes);
  if (mask) check(mask, <usize>batch * geometry.inBytes);
  const vectors = rowVectors(floats);
  const filterRow = (<usize>vectors) << 4;
  const rowBytes = f32Bytes(rowFloats(geometry));

  // Scratch: the filter by channel of the output, one column's list and what belongs to it, one padded image.
  const list = scratch + <usize>(outChannels * kernelH) * filterRow;
  const bounds = list + <usize>(outChannels + 4) * ENTRY;
  const squeezes = list + listBytes(outChannels, pool) - SQUEEZES;
  const padded = list + listBytes(outChannels, pool);
  const paddedBytes = imageBytes(geometry, vectors);
  checkScratch(scratch, padded + paddedBytes, end);
  writeSqueezes(squeezes);
  turnFilter(filter, kernelH, floats, outChannels, filterRow, scratch);

  const pixel = f32Bytes(geometry.inChannels);
  const inside = padded + <usize>geometry.top * rowBytes + <usize>geometry.left * pixel;
  const columnBytes = <usize>geometry.strideW * pixel;
  const rows = (pool - 1) * strideH + kernelH; // that a column of a window reaches
  for (; batch > 0; batch--) {
    memory.fill(padded, 0, paddedBytes);
    for (let py = 0; py < poolH; py++)
      for (let px = 0; px < poolW; px++) {
        let to = padded + <usize>(py * pool * strideH) * rowBytes + <usize>(px * pool) * columnBytes;
        for (let column = 0; column < pool; column++) {
          const first = py * pool * outW + px * pool + column;
          listColumn(
            dp,
            argmax,
            outChannels,
            first,
            outW,
            pool,
            scratch,
            <usize>kernelH * filterRow,
            <usize>strideH * filterRow,
            squeezes,
            list,
            bounds,
          );
          for (let row = 0; row < rows; row++) {
            // Pixels of the column whose windows have this row, first to last.
            const first = max(0, (row - kernelH + strideH) / strideH);
            const last = min(pool - 1, row / strideH);
            const from = load<u32>(bounds + f32Bytes(first));
            const until = load<u32>(bounds + f32Bytes(last), 4);
            if (from < until) addLive(from, until, <usize>row * filterRow, 0, 1, to + <usize>row * rowBytes, vectors);
          }
          to += columnBytes;
        }
        dp += f32Bytes(outChannels);
        argmax += f32Bytes(outChannels);
      }
    copyMasked(inside, rowBytes, dx, mask, geometry.height, geometry.width * geometry.inChannels);
    dx += geometry.inBytes;
    if (mask) mask += geometry.inBytes;
  }
}

/** The filter [kernelH, kernelW · inChannels, outChannels] by channel of the output, rows filled up with zeros. */
function turnFilter(filter: usize, rows: i32, floats: i32, channels: i32, rowBytes: usize, to: usize): void {
  memory.fill(to, 0, <usize>(channels * rows) * rowBytes);
  const channelBytes = <usize>rows * rowBytes;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < floats; i++) {
      let at = to + f32Bytes(i);
      for (const end = filter + f32Bytes(channels); filter < end; filter += 4) {
        store<f32>(at, load<f32>(filter));
        at += channelBytes;
      }
    }
    to += rowBytes;
  }
}

/**
 * The live channels of one column of a window, pixel by pixel, without branches. The filter's address is that of the
 * row that would meet the column's first pixel.
 */
// @inline
function listColumn(
  dp: usize,
  argmax: usize,
  channels: i32,
  pixel: i32,
  outW: i32,
  pool: i32,
  filter: usize,
  channelBytes: usize,
  rowBytes: usize,
  squeezes: usize,
  list: usize,
  bounds: usize,
): void {
  const channel = <i32>channelBytes;
  const whole = f32Bytes(channels & ~3);
  for (let i = 0; i < pool; i++) {
    store<u32>(bounds, <u32>list);
    const pixels = i32x4.splat(pixel);
    let rows = i32x4.add(i32x4.splat(<i32>filter), i32x4(0, channel, 2 * channel, 3 * channel));
    let at: usize = 0;
    for (; at < whole; at += 16) {
      const live = i32x4.bitmask(i32x4.eq(v128.load(argmax + at), pixels));
      const squeeze = v128.load(squeezes + (live << 4));
      const gradients = i8x16.swizzle(v128.load(dp + at), squeeze);
      const addresses = i8x16.swizzle(rows, squeeze);
      v128.store(list, v128.shuffle<i32>(addresses, gradients, 0, 4, 1, 5));
      v128.store(list, v128.shuffle<i32>(addresses, gradients, 2, 6, 3, 7), 16);
      list += <usize>popcnt(live) * ENTRY;
      rows = i32x4.add(rows, i32x4.splat(4 * channel));
    }
    for (const end = f32Bytes(channels); at < end; at += 4) {
      store<u32>(list, <u32>(filter + (at >> 2) * channelBytes));
      store<f32>(list, load<f32>(dp + at), 4);
      list += <usize>i32(load<i32>(argmax + at) == pixel) * ENTRY;
    }
    bounds += 4;
    pixel += outW;
    filter -= rowBytes;
  }
  store<u32>(bounds, <u32>list);
}

/** Sixteen shuffles: each moves those of four lanes whose bits are in its number to the front. */
function writeSqueezes(to: usize): void {
  for (let live = 0; live < 16; live++) {
    let at = to;
    v128.store(to, zero());
    for (let lane = 0; lane < 4; lane++) {
      store<u32>(at, 0x03020100 + 0x04040404 * lane);
      at += f32Bytes((live >> lane) & 1);
    }
    to += 16;
  }
}

/** Copies rows of `floats`, with zeros where `mask`, if it is not 0, has no more than zero. */
function copyMasked(from: usize, fromRow: usize, to: usize, mask: usize, rows: i32, floats: i32): void {
  for (; rows > 0; rows--) {
    for (let i = 0; i < floats; i += 4) {
      const at = f32Bytes(i);
      let v = v128.load(from + at);
      if (mask) v = v128.andnot(v, f32x4.le(loadPart(mask + at, floats - i), zero()));
      storePart(to + at, v, floats - i);
    }
    from += fromRow;
    to += f32Bytes(floats);
    if (mask) mask += f32Bytes(floats);
  }
}
