// Smooth non-linearities, element by element. ReLU needs no kernel: it is part of those that yield its input.

import { exp } from './f32_softmax_cross_entropy';
import { check, f32Bytes } from './simd';

/** y = tanh(x) or the logistic sigmoid of x; `count` of them, in double precision inside. */
export function f32_activation(x: usize, y: usize, count: i32, tanh: bool): void {
  const bytes = f32Bytes(count);
  check(x, bytes);
  check(y, bytes);
  const scale: f64 = tanh ? 2 : 1; // tanh(x) = 2 · sigmoid(2x) - 1
  for (let i: usize = 0; i < bytes; i += 4) {
    const value = <f64>load<f32>(x + i) * scale;
    const e = exp(-abs(value)); // never overflows
    const sigmoid = (value < 0 ? e : 1) / (1 + e);
    store<f32>(y + i, <f32>(sigmoid * scale - (scale - 1)));
  }
}

/** dx = dy · the slope, which follows from y alone: 1 - y² of tanh, y - y² of the sigmoid; `count` of them. */
export function f32_activation_gradient(dy: usize, y: usize, dx: usize, count: i32, tanh: bool): void {
  const bytes = f32Bytes(count);
  check(dy, bytes);
  check(y, bytes);
  check(dx, bytes);
  for (let i: usize = 0; i < bytes; i += 4) {
    const value = load<f32>(y + i);
    store<f32>(dx + i, load<f32>(dy + i) * ((tanh ? 1 : value) - value * value));
  }
}
