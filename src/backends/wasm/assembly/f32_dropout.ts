// Dropout. Which values are zeroed is a hash of the step's key and of their place in the batch (../../dropout.ts), so the
// backward pass makes the forward pass's mask again, and any part of a batch can be done by itself.

import { check, f32Bytes, loadPart, storePart, zero } from './simd';

/**
 * y = x · scale where the hash of the value's number is `threshold` or more, else 0; `count` of them from the one numbered
 * `first`. `key` and `scale` are the addresses of a word and of a number; the mask of ReLU is another one.
 */
export function f32_dropout(
  x: usize,
  mask: usize,
  key: usize,
  scale: usize,
  y: usize,
  count: i32,
  first: i32,
  site: i32,
  threshold: i32,
): void {
  check(x, f32Bytes(count));
  check(y, f32Bytes(count));
  if (mask) check(mask, f32Bytes(count));
  const start = i32x4.extract_lane(hash(i32x4.splat(load<i32>(key) + site)), 0) + first;
  const factor = v128.load_splat<f32>(scale);
  const least = i32x4.splat(threshold);
  const four = i32x4.splat(4);
  let place = i32x4.add(i32x4.splat(start), i32x4(0, 1, 2, 3));
  for (; count > 0; count -= 4) {
    const lanes = min(4, count);
    let v = v128.and(f32x4.mul(loadPart(x, lanes), factor), i32x4.ge_u(hash(place), least));
    if (mask) {
      v = v128.andnot(v, f32x4.le(loadPart(mask, lanes), zero()));
      mask += 16;
    }
    storePart(y, v, lanes);
    place = i32x4.add(place, four);
    x += 16;
    y += 16;
  }
}

/** Four times a number of 32 bits from another one (Chris Wellons's lowbias32, public domain). */
// @inline
function hash(bits: v128): v128 {
  bits = i32x4.mul(v128.xor(bits, i32x4.shr_u(bits, 16)), i32x4.splat(0x7feb352d));
  bits = i32x4.mul(v128.xor(bits, i32x4.shr_u(bits, 15)), i32x4.splat(<i32>0x846ca68b));
  return v128.xor(bits, i32x4.shr_u(bits, 16));
}
