import { check, f32Bytes } from './simd';

/**
 * The mean squared error of `count` values: loss [1] = mean((y - targets)²), and its gradient = 2 (y - targets) / count. The
 * sum is in double precision.
 */
export function f32_squared_error(y: usize, targets: usize, loss: usize, gradient: usize, count: i32): void {
  const bytes = f32Bytes(count);
  check(y, bytes);
  check(targets, bytes);
  check(loss, 4);
  check(gradient, bytes);
  let total: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 4) {
    const error = <f64>load<f32>(y + i) - <f64>load<f32>(targets + i);
    total += error * error;
    store<f32>(gradient + i, <f32>((2 * error) / <f64>count));
  }
  store<f32>(loss, <f32>(total / <f64>count));
}
