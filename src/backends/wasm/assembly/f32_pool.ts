// Pooling over windows of images with channels last, four channels at a time. Where the channels are no multiple of
// four, the last four repeat some.

import { Geometry, checkGeometry } from './geometry';
import { check, f32Bytes, loadPart, storePart, zero } from './simd';

/** First channel of a group of four. */
// @inline
function group(c: i32, channels: i32): i32 {
  return channels < 4 ? 0 : min(c, channels - 4);
}

function isPair(geometry: Geometry): bool {
  return geometry.kernelH == 2 && geometry.kernelW == 2 && geometry.inChannels >= 4;
}

/**
 * y [N, outH, outW, C] of x [N, H, W, C]: the greatest value of each window, or its mean, the padding left out. Not a
 * number wins.
 */
export function f32_pool(x: usize, y: usize, batch: i32, geometry: Geometry, average: bool): void {
  checkGeometry(geometry);
  const height = geometry.height;
  const width = geometry.width;
  const channels = geometry.inChannels;
  const outH = geometry.outH;
  const outW = geometry.outW;
  const pixel = f32Bytes(channels);
  const row = <usize>width * pixel;
  check(x, <usize>batch * geometry.inBytes);
  check(y, <usize>batch * geometry.outBytes);
  const count = min(4, channels);
  const least = f32x4.splat(-Infinity);
  const pairs = !average && isPair(geometry); // the common case, without loops
  for (; batch > 0; batch--) {
    for (let oy = 0; oy < outH; oy++) {
      const above = oy * geometry.strideH - geometry.top;
      const y0 = max(0, above);
      const y1 = min(height, above + geometry.kernelH);
      for (let ox = 0; ox < outW; ox++) {
        const before = ox * geometry.strideW - geometry.left;
        const x0 = max(0, before);
        const x1 = min(width, before + geometry.kernelW);
        const window = x + <usize>y0 * row + <usize>x0 * pixel;
        const runs = <usize>(x1 - x0) * pixel;
        const scale = f32x4.splat(<f32>1 / <f32>((y1 - y0) * (x1 - x0)));
        for (let c = 0; c < channels; c += 4) {
          const offset = f32Bytes(group(c, channels));
          let line = window + offset;
          if (pairs && y1 - y0 == 2 && x1 - x0 == 2) {
            const a = f32x4.max(v128.load(line), v128.load(line + pixel));
            const b = f32x4.max(v128.load(line + row), v128.load(line + row + pixel));
            v128.store(y + offset, f32x4.max(a, b));
            continue;
          }
          let v = average ? zero() : least;
          for (let i = y0; i < y1; i++) {
            for (let at = line, end = line + runs; at < end; at += pixel) {
              const value = count == 4 ? v128.load(at) : loadPart(at, count);
              v = average ? f32x4.add(v, value) : f32x4.max(v, value);
            }
            line += row;
          }
          if (average) v = f32x4.mul(v, scale);
          storePart(y + offset, v, count);
        }
        y += pixel;
      }
    }
    x += <usize>height * row;
  }
}

/** dx of `f32_pool`'s maximum: each window hands its dy to the first of its greatest values. */
export function f32_max_pool_gradient(x: usize, y: usize, dy: usize, dx: usize, batch: i32, geometry: Geometry): void {
  checkGeometry(geometry);
  const height = geometry.height;
  const width = geometry.width;
  const channels = geometry.inChannels;
  const outH = geometry.outH;
  const outW = geometry.outW;
  const pixel = f32Bytes(channels);
  const row = <usize>width * pixel;
  const image = geometry.inBytes;
  check(x, <usize>batch * image);
  check(dx, <usize>batch * image);
  check(y, <usize>batch * geometry.outBytes);
  check(dy, <usize>batch * geometry.outBytes);
  const apart = geometry.strideH >= geometry.kernelH && geometry.strideW >= geometry.kernelW; // no pixel is in two windows
  const covered = apart && geometry.isInside && outH * geometry.kernelH == height && outW * geometry.kernelW == width;
  const pairs = apart && isPair(geometry); // the common case, without loops
  if (!covered) memory.fill(dx, 0, <usize>batch * image);
  const count = min(4, channels);
  for (; batch > 0; batch--) {
    for (let oy = 0; oy < outH; oy++) {
      const above = oy * geometry.strideH - geometry.top;
      const y0 = max(0, above);
      const y1 = min(height, above + geometry.kernelH);
      for (let ox = 0; ox < outW; ox++) {
        const before = ox * geometry.strideW - geometry.left;
        const x0 = max(0, before);
        const x1 = min(width, before + geometry.kernelW);
        const window = <usize>y0 * row + <usize>x0 * pixel;
        const runs = <usize>(x1 - x0) * pixel;
        for (let c = 0; c < channels; c += 4) {
          // Where windows overlap, gradients add up, and no channel may be met twice.
          const lanes = apart ? count : min(4, channels - c);
          const offset = f32Bytes(apart ? group(c, channels) : c);
          const greatest = loadPart(y + offset, lanes);
          const gradient = loadPart(dy + offset, lanes);
          if (pairs && y1 - y0 == 2 && x1 - x0 == 2) {
            const at = window + offset;
            const h0 = v128.not(f32x4.lt(v128.load(x + at), greatest));
            const h1 = v128.not(v128.or(h0, f32x4.lt(v128.load(x + at + pixel), greatest)));
            const h01 = v128.or(h0, h1);
            const h2 = v128.not(v128.or(h01, f32x4.lt(v128.load(x + at + row), greatest)));
            v128.store(dx + at, v128.and(gradient, h0));
            v128.store(dx + at + pixel, v128.and(gradient, h1));
            v128.store(dx + at + row, v128.and(gradient, h2));
            v128.store(dx + at + row + pixel, v128.andnot(gradient, v128.or(h01, h2)));
            continue;
          }
          let open = i32x4.splat(-1); // windows whose greatest value was not met yet
          let line = window + offset;
          for (let i = y0; i < y1; i++) {
            for (let at = line, end = line + runs; at < end; at += pixel) {
              const value = loadPart(x + at, lanes);
              // Turned round, so that where the greatest is not a number, the gradient is not lost.
              const here = v128.andnot(open, f32x4.lt(value, greatest));
              open = v128.andnot(open, here);
              let v = v128.and(gradient, here);
              if (!apart) v = f32x4.add(v, loadPart(dx + at, lanes));
              storePart(dx + at, v, lanes);
            }
            line += row;
          }
        }
        y += pixel;
        dy += pixel;
      }
    }
    x += image;
    dx += image;
  }
}

/** dx of `f32_pool`'s mean. */
export function f32_average_pool_gradient(dy: usize, dx: usize, batch: i32, geometry: Geometry): void {
  checkGeometry(geometry);
  const height = geometry.height;
  const width = geometry.width;
  const channels = geometry.inChannels;
  const outH = geometry.outH;
  const outW = geometry.outW;
  const pixel = f32Bytes(channels);
  const row = <usize>width * pixel;
  const image = geometry.inBytes;
  check(dx, <usize>batch * image);
  check(dy, <usize>batch * geometry.outBytes);
  memory.fill(dx, 0, <usize>batch * image);
  for (; batch > 0; batch--) {
    for (let oy = 0; oy < outH; oy++) {
      const above = oy * geometry.strideH - geometry.top;
      const y0 = max(0, above);
      const y1 = min(height, above + geometry.kernelH);
      for (let ox = 0; ox < outW; ox++) {
        const before = ox * geometry.strideW - geometry.left;
        const x0 = max(0, before);
        const x1 = min(width, before + geometry.kernelW);
        const runs = <usize>(x1 - x0) * pixel;
        const scale = f32x4.splat(<f32>1 / <f32>((y1 - y0) * (x1 - x0)));
        for (let c = 0; c < channels; c += 4) {
          const lanes = min(4, channels - c);
          const offset = f32Bytes(c);
          const gradient = f32x4.mul(loadPart(dy + offset, lanes), scale);
          let line = dx + <usize>y0 * row + <usize>x0 * pixel + offset;
          for (let i = y0; i < y1; i++) {
            for (let at = line, end = line + runs; at < end; at += pixel)
              storePart(at, f32x4.add(loadPart(at, lanes), gradient), lanes);
            line += row;
          }
        }
        dy += pixel;
      }
    }
    dx += image;
  }
}
