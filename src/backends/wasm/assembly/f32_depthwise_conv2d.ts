// Depthwise convolution: four channels at a time, each with taps of its own. Images are padded by a copy into the middle
// of zeros, so that all windows lie inside. Where channels have several filters each, lanes gather their pixels.

import { Geometry, checkGeometry } from './geometry';
import { aligned, check, checkScratch, f32Bytes, loadPart, madd, storePart, zero } from './simd';
import { copyInside, copyRows } from './tiles';

/** Bytes of scratch memory for `f32_depthwise_conv2d`. */
export function f32_depthwise_conv2d_scratch(geometry: Geometry): usize {
  return geometry.isInside ? 0 : aligned(geometry.paddedBytes);
}

/**
 * y [N, outH, outW, outChannels] of x [N, H, W, inChannels] and filter [kernelH, kernelW, outChannels], plus bias
 * [outChannels] if it is not 0, then perhaps ReLU. There are as many filters of each channel, side by side.
 */
export function f32_depthwise_conv2d(
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
  const channels = geometry.outChannels;
  const outW = geometry.outW;
  const pixel = f32Bytes(channels);
  const isPadded = checkDepthwise(x, filter, y, batch, geometry, scratch, end);
  const row = isPadded ? geometry.paddedRow : f32Bytes(geometry.width * geometry.inChannels);
  const column = f32Bytes(geometry.strideW * geometry.inChannels);
  if (isPadded) memory.fill(scratch, 0, geometry.paddedBytes);
  for (; batch > 0; batch--) {
    if (isPadded) copyInside(x, geometry, scratch);
    let from = isPadded ? scratch : x;
    for (let oy = 0; oy < geometry.outH; oy++) {
      // Four pixels at a time; those beyond the last repeat it.
      for (let ox = 0; ox < outW; ox += 4)
        depthwisePixels(
          from + <usize>ox * column,
          <usize>min(1, outW - 1 - ox) * column,
          <usize>min(2, outW - 1 - ox) * column,
          <usize>min(3, outW - 1 - ox) * column,
          row,
          filter,
          bias,
          y + <usize>ox * pixel,
          min(4, outW - ox),
          geometry,
          relu,
        );
      y += <usize>outW * pixel;
      from += <usize>geometry.strideH * row;
    }
    x += geometry.inBytes;
  }
}

/** All channels of up to four pixels in a row, whose windows begin at x, x + second, x + third and x + fourth. */
function depthwisePixels(
  x: usize,
  second: usize,
  third: usize,
  fourth: usize,
  row: usize,
  filter: usize,
  bias: usize,
  y: usize,
  pixels: i32,
  geometry: Geometry,
  relu: bool,
): void {
  const channels = geometry.outChannels;
  const pixel = f32Bytes(channels);
  const step = f32Bytes(geometry.inChannels);
  const lanes = min(4, channels);
  const isPlain = channels == geometry.inChannels && channels >= 4;
  for (let c = 0; c < channels; c += 4) {
    const first = max(0, min(c, channels - 4)); // the last four may repeat some
    const offset = f32Bytes(first);
    let s0 = bias ? loadPart(bias + offset, lanes) : zero();
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let w = filter + offset;
    let line = isPlain ? x + offset : x;
    for (let i = 0; i < geometry.kernelH; i++) {
      let at = line;
      for (let j = 0; j < geometry.kernelW; j++) {
        const weights = loadPart(w, lanes);
        if (isPlain) {
          s0 = madd(v128.load(at), weights, s0);
          s1 = madd(v128.load(at + second), weights, s1);
          s2 = madd(v128.load(at + third), weights, s2);
          s3 = madd(v128.load(at + fourth), weights, s3);
        } else {
          s0 = madd(gather(at, first, lanes, geometry), weights, s0);
          s1 = madd(gather(at + second, first, lanes, geometry), weights, s1);
          s2 = madd(gather(at + third, first, lanes, geometry), weights, s2);
          s3 = madd(gather(at + fourth, first, lanes, geometry), weights, s3);
        }
        at += step;
        w += pixel;
      }
      line += row;
    }
    if (relu) {
      s0 = f32x4.max(s0, zero());
      s1 = f32x4.max(s1, zero());
      s2 = f32x4.max(s2, zero());
      s3 = f32x4.max(s3, zero());
    }
    const to = y + offset;
    storePart(to, s0, lanes);
    if (pixels > 1) storePart(to + pixel, s1, lanes);
    if (pixels > 2) storePart(to + 2 * pixel, s2, lanes);
    if (pixels > 3) storePart(to + 3 * pixel, s3, lanes);
  }
}

/** What a pixel's channels give to `lanes` of the output's from the one numbered `first`. */
function gather(pixel: usize, first: i32, lanes: i32, geometry: Geometry): v128 {
  const multiplier = geometry.outChannels / geometry.inChannels;
  let v = f32x4.splat(load<f32>(pixel + f32Bytes(first / multiplier)));
  if (lanes > 1) v = f32x4.replace_lane(v, 1, load<f32>(pixel + f32Bytes((first + 1) / multiplier)));
  if (lanes > 2) v = f32x4.replace_lane(v, 2, load<f32>(pixel + f32Bytes((first + 2) / multiplier)));
  if (lanes > 3) v = f32x4.replace_lane(v, 3, load<f32>(pixel + f32Bytes((first + 3) / multiplier)));
  return v;
}

/** Debug build: what all three kernels work on lies in memory. Tells whether images are padded. */
function checkDepthwise(
  x: usize,
  filter: usize,
  y: usize,
  batch: i32,
  geometry: Geometry,
  scratch: usize,
  end: usize,
): bool {
  checkGeometry(geometry);
  check(x, <usize>batch * geometry.inBytes);
  check(filter, f32Bytes(geometry.kernelH * geometry.kernelW * geometry.outChannels));
  check(y, <usize>batch * geometry.outBytes);
  const isPadded = !geometry.isInside;
  checkScratch(scratch, isPadded ? scratch + geometry.paddedBytes : scratch, end);
  return isPadded;
}

/** Bytes of scratch memory for `f32_depthwise_conv2d_filter_gradient`. */
export function f32_depthwise_conv2d_filter_gradient_scratch(geometry: Geometry): usize {
  return f32_depthwise_conv2d_scratch(geometry);
}

/** dw [kernelH, kernelW, outChannels] and, if db is not 0, db [outChannels]; everything else as in `f32_depthwise_conv2d`. */
export function f32_depthwise_conv2d_filter_gradient(
  x: usize,
  dy: usize,
  dw: usize,
  db: usize,
  batch: i32,
  geometry: Geometry,
  scratch: usize,
  end: usize,
): void {
  const isPadded = checkDepthwise(x, dw, dy, batch, geometry, scratch, end);
  const channels = geometry.outChannels;
  const pixel = f32Bytes(channels);
  const row = isPadded ? geometry.paddedRow : f32Bytes(geometry.width * geometry.inChannels);
  if (isPadded) memory.fill(scratch, 0, geometry.paddedBytes);
  memory.fill(dw, 0, <usize>(geometry.kernelH * geometry.kernelW) * pixel);
  if (db) memory.fill(db, 0, pixel);
  for (; batch > 0; batch--) {
    if (isPadded) copyInside(x, geometry, scratch);
    let from = isPadded ? scratch : x;
    for (let oy = 0; oy < geometry.outH; oy++) {
      for (let c = 0; c < channels; c += 4) filterRow(from, row, dy, dw, db, c, geometry);
      dy += <usize>geometry.outW * pixel;
      from += <usize>geometry.strideH * row;
    }
    x += geometry.inBytes;
  }
}

/** What one row of dy adds to the gradients of up to four channels. */
function filterRow(x: usize, row: usize, dy: usize, dw: usize, db: usize, c: i32, geometry: Geometry): void {
  const channels = geometry.outChannels;
  const lanes = min(4, channels - c);
  const pixel = f32Bytes(channels);
  const step = f32Bytes(geometry.inChannels);
  const column = <usize>geometry.strideW * step;
  const offset = f32Bytes(c);
  const isPlain = channels == geometry.inChannels;
  dy += offset;
  dw += offset;
  if (isPlain) x += offset;
  const last = dy + <usize>geometry.outW * pixel;
  if (db) {
    let sum = loadPart(db + offset, lanes);
    for (let above = dy; above < last; above += pixel) sum = f32x4.add(sum, loadPart(above, lanes));
    storePart(db + offset, sum, lanes);
  }
  for (let i = 0; i < geometry.kernelH; i++) {
    let tap = x;
    for (let j = 0; j < geometry.kernelW; j++) {
      let even = zero();
      let odd = zero();
      let at = tap;
      let above = dy;
      if (isPlain && lanes == 4) {
        for (const whole = last - pixel; above < whole; above += 2 * pixel) {
          even = madd(v128.load(at), v128.load(above), even);
          odd = madd(v128.load(at + column), v128.load(above + pixel), odd);
          at += 2 * column;
        }
      }
      for (; above < last; above += pixel) {
        const value = isPlain ? loadPart(at, lanes) : gather(at, c, lanes, geometry);
        even = madd(value, loadPart(above, lanes), even);
        at += column;
      }
      storePart(dw, f32x4.add(loadPart(dw, lanes), f32x4.add(even, odd)), lanes);
      dw += pixel;
      tap += step;
    }
    x += row;
  }
}

/** Bytes of scratch memory for `f32_depthwise_conv2d_input_gradient`. */
export function f32_depthwise_conv2d_input_gradient_scratch(geometry: Geometry): usize {
  return f32_depthwise_conv2d_scratch(geometry);
}

/** dx [N, H, W, inChannels] of dy [N, outH, outW, outChannels]; everything else as in `f32_depthwise_conv2d`. */
export function f32_depthwise_conv2d_input_gradient(
  dy: usize,
  filter: usize,
  dx: usize,
  batch: i32,
  geometry: Geometry,
  scratch: usize,
  end: usize,
): void {
  const isPadded = checkDepthwise(dx, filter, dy, batch, geometry, scratch, end);
  const pixel = f32Bytes(geometry.outChannels);
  const step = f32Bytes(geometry.inChannels);
  const own = <usize>geometry.width * step;
  const row = isPadded ? geometry.paddedRow : own;
  const inside = scratch + <usize>geometry.top * row + <usize>geometry.left * step;
  const rows = min(geometry.height, geometry.paddedH - geometry.top);
  const bytes = <usize>min(geometry.width, geometry.paddedW - geometry.left) * step;
  memory.fill(dx, 0, <usize>batch * geometry.inBytes);
  for (; batch > 0; batch--) {
    if (isPadded) memory.fill(scratch, 0, geometry.paddedBytes);
    let to = isPadded ? scratch : dx;
    for (let oy = 0; oy < geometry.outH; oy++) {
      for (let ox = 0; ox < geometry.outW; ox++) {
        scatter(dy, filter, to + <usize>(ox * geometry.strideW) * step, row, geometry);
        dy += pixel;
      }
      to += <usize>geometry.strideH * row;
    }
    if (isPadded) copyRows(inside, row, dx, own, rows, bytes);
    dx += geometry.inBytes;
  }
}

/** Adds what one pixel of dy gives to the window that begins at `to`. */
function scatter(dy: usize, filter: usize, to: usize, row: usize, geometry: Geometry): void {
  const channels = geometry.outChannels;
  const pixel = f32Bytes(channels);
  const step = f32Bytes(geometry.inChannels);
  const isPlain = channels == geometry.inChannels;
  for (let c = 0; c < channels; c += 4) {
    const offset = f32Bytes(c);
    const lanes = min(4, channels - c); // none may be met twice
    const above = loadPart(dy + offset, lanes);
    let w = filter + offset;
    for (let i = 0; i < geometry.kernelH; i++) {
      let at = to + <usize>i * row;
      if (isPlain) at += offset;
      for (let j = 0; j < geometry.kernelW; j++) {
        const weights = loadPart(w, lanes);
        if (isPlain) storePart(at, madd(above, weights, loadPart(at, lanes)), lanes);
        else spread(at, f32x4.mul(above, weights), c, lanes, geometry);
        at += step;
        w += pixel;
      }
    }
  }
}

/** Adds `lanes` of the output's channels to those of a pixel that they came from. */
function spread(pixel: usize, v: v128, first: i32, lanes: i32, geometry: Geometry): void {
  const multiplier = geometry.outChannels / geometry.inChannels;
  for (const last = first + lanes; first < last; first++) {
    const at = pixel + f32Bytes(first / multiplier);
    store<f32>(at, load<f32>(at) + f32x4.extract_lane(v, 0));
    v = v128.shuffle<f32>(v, v, 1, 2, 3, 0);
  }
}
