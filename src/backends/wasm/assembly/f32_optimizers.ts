// Optimizer steps in place, in PyTorch's formulas.

import { check, madd } from './simd';

/** w = w - rate · g. */
export function f32_sgd(w: usize, g: usize, count: i32, rate: f32): void {
  const end = w + ((<usize>count) << 2);
  check(w, (<usize>count) << 2);
  check(g, (<usize>count) << 2);
  const step = f32x4.splat(-rate);
  for (const whole = w + (((<usize>count) & ~7) << 2); w < whole; w += 32) {
    v128.store(w, madd(step, v128.load(g), v128.load(w)));
    v128.store(w, madd(step, v128.load(g, 16), v128.load(w, 16)), 16);
    g += 32;
  }
  for (; w < end; w += 4) {
    store<f32>(w, load<f32>(w) - rate * load<f32>(g));
    g += 4;
  }
}

/** v = momentum · v + g; w = w - rate · v. */
export function f32_momentum(w: usize, g: usize, v: usize, count: i32, rate: f32, momentum: f32): void {
  const end = w + ((<usize>count) << 2);
  check(w, (<usize>count) << 2);
  check(g, (<usize>count) << 2);
  check(v, (<usize>count) << 2);
  const step = f32x4.splat(-rate);
  const keep = f32x4.splat(momentum);
  for (const whole = w + (((<usize>count) & ~3) << 2); w < whole; w += 16) {
    const velocity = madd(keep, v128.load(v), v128.load(g));
    v128.store(v, velocity);
    v128.store(w, madd(step, velocity, v128.load(w)));
    g += 16;
    v += 16;
  }
  for (; w < end; w += 4) {
    const velocity = momentum * load<f32>(v) + load<f32>(g);
    store<f32>(v, velocity);
    store<f32>(w, load<f32>(w) - rate * velocity);
    g += 4;
    v += 4;
  }
}

/**
 * m = beta1 · m + (1 - beta1) · g; s = beta2 · s + (1 - beta2) · g²; w = w - rate · m / (√s / root + epsilon).
 * @param rate The learning rate over the first moment's correction; `root` the root of the second's.
 */
export function f32_adam(
  w: usize,
  g: usize,
  m: usize,
  s: usize,
  count: i32,
  rate: f32,
  beta1: f64,
  beta2: f64,
  root: f32,
  epsilon: f32,
): void {
  const end = w + ((<usize>count) << 2);
  check(w, (<usize>count) << 2);
  check(g, (<usize>count) << 2);
  check(m, (<usize>count) << 2);
  check(s, (<usize>count) << 2);
  // 1 - beta in double precision: in single it would lose four digits.
  const k1 = <f32>beta1;
  const t1 = <f32>(1 - beta1);
  const k2 = <f32>beta2;
  const t2 = <f32>(1 - beta2);
  const keep1 = f32x4.splat(k1);
  const take1 = f32x4.splat(t1);
  const keep2 = f32x4.splat(k2);
  const take2 = f32x4.splat(t2);
  const over = f32x4.splat(1 / root);
  const eps = f32x4.splat(epsilon);
  const step = f32x4.splat(-rate);
  for (const whole = w + (((<usize>count) & ~3) << 2); w < whole; w += 16) {
    const gradient = v128.load(g);
    const mean = madd(keep1, v128.load(m), f32x4.mul(take1, gradient));
    const square = madd(keep2, v128.load(s), f32x4.mul(f32x4.mul(take2, gradient), gradient));
    v128.store(m, mean);
    v128.store(s, square);
    const scale = madd(f32x4.sqrt(square), over, eps);
    v128.store(w, madd(step, f32x4.div(mean, scale), v128.load(w)));
    g += 16;
    m += 16;
    s += 16;
  }
  for (; w < end; w += 4) {
    const gradient = load<f32>(g);
    const mean = k1 * load<f32>(m) + t1 * gradient;
    const square = k2 * load<f32>(s) + t2 * gradient * gradient;
    store<f32>(m, mean);
    store<f32>(s, square);
    store<f32>(w, load<f32>(w) - (rate * mean) / (sqrt<f32>(square) / root + epsilon));
    g += 4;
    m += 4;
    s += 4;
  }
}
