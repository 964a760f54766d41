// Leaky ReLU: below 0 a slope of its own.

import { check, f32Bytes, loadPart, storePart, zero } from './simd';

/** y = x where that is above 0, else slope · x; `count` of them. `slope` is the address of a number. */
export function f32_leaky_relu(x: usize, slope: usize, y: usize, count: i32): void {
  check(slope, 4);
  scale(x, x, slope, y, count);
}

/** dx = dy where x is above 0, else slope · dy; `count` of them. */
export function f32_leaky_relu_gradient(dy: usize, x: usize, slope: usize, dx: usize, count: i32): void {
  check(slope, 4);
  scale(dy, x, slope, dx, count);
}

function scale(from: usize, by: usize, slope: usize, to: usize, count: i32): void {
  check(from, f32Bytes(count));
  check(by, f32Bytes(count));
  check(to, f32Bytes(count));
  const factor = v128.load_splat<f32>(slope);
  for (; count > 0; count -= 4) {
    const lanes = min(4, count);
    const v = loadPart(from, lanes);
    const isAbove = f32x4.gt(loadPart(by, lanes), zero());
    storePart(to, v128.bitselect(v, f32x4.mul(v, factor), isAbove), lanes);
    from += 16;
    by += 16;
    to += 16;
  }
}
