// The greatest value of each window of a convolution's output, and where it lies.

import { Geometry, checkGeometry } from './geometry';
import { check, f32Bytes, loadPart, storePart, zero } from './simd';

/** Bytes of what pools of an image's output yield. */
export function pooledBytes(geometry: Geometry, pool: i32): usize {
  return f32Bytes((geometry.outH / pool) * (geometry.outW / pool) * geometry.outChannels);
}

/**
 * The second half of `f32_conv2d_max_pool`, where another kernel does the first: p and argmax of the convolution's output
 * y.
 */
export function f32_max_pool_argmax(
  y: usize,
  p: usize,
  argmax: usize,
  batch: i32,
  geometry: Geometry,
  pool: i32,
  relu: bool,
): void {
  checkGeometry(geometry);
  const poolBytes = pooledBytes(geometry, pool);
  check(y, <usize>batch * geometry.outBytes);
  check(p, <usize>batch * poolBytes);
  if (argmax) check(argmax, <usize>batch * poolBytes);
  for (; batch > 0; batch--) {
    maxPool(y, geometry.outW, p, argmax, geometry, pool, relu);
    y += geometry.outBytes;
    p += poolBytes;
    if (argmax) argmax += poolBytes;
  }
}

/**
 * One image's maximum and argmax, four channels at a time; the last four may repeat some.
 * @param columns Of conv, which may lack leftovers.
 */
export function maxPool(
  conv: usize,
  columns: i32,
  p: usize,
  argmax: usize,
  geometry: Geometry,
  pool: i32,
  relu: bool,
): void {
  const channels = geometry.outChannels;
  const outW = geometry.outW;
  const poolH = geometry.outH / pool;
  const poolW = outW / pool;
  const pixel = f32Bytes(channels);
  const window = <usize>pool * pixel;
  const row = <usize>columns * pixel;
  const lanes = min(4, channels);
  for (let py = 0; py < poolH; py++) {
    for (let px = 0; px < poolW; px++) {
      const first = i32x4.splat((py * outW + px) * pool);
      for (let c = 0; c < channels; c += 4) {
        const offset = f32Bytes(max(0, min(c, channels - 4)));
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
// @inline
function isBetter(v: v128, most: v128): v128 {
  return v128.andnot(f32x4.eq(most, most), f32x4.le(v, most));
}
