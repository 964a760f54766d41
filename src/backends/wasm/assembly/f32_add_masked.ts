import { check, f32Bytes, zero } from './simd';

/**
 * c = a + b, but 0 where `mask` (unless 0) is not above 0 (nor not a number); `count` of them. In place too: c may be a or
 * b. Two gradients that meet where a residual's input came out of a ReLU.
 */
export function f32_add_masked(a: usize, b: usize, mask: usize, c: usize, count: i32): void {
  const bytes = f32Bytes(count);
  check(a, bytes);
  check(b, bytes);
  if (mask) check(mask, bytes);
  check(c, bytes);
  const z = zero();
  let i: usize = 0;
  for (const whole = bytes & ~15; i < whole; i += 16) {
    let sum = f32x4.add(v128.load(a + i), v128.load(b + i));
    if (mask) sum = v128.andnot(sum, f32x4.le(v128.load(mask + i), z));
    v128.store(c + i, sum);
  }
  for (; i < bytes; i += 4) {
    const sum = load<f32>(a + i) + load<f32>(b + i);
    store<f32>(c + i, mask && load<f32>(mask + i) <= 0 ? 0 : sum);
  }
}
