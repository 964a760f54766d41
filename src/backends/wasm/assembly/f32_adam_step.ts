import { gather, move, splat } from './optimizer';
import { check, f32Bytes, loadPart, madd, storePart } from './simd';

/**
 * Adam (Kingma and Ba 2014): m = beta1 · m + (1 - beta1) · g; v = beta2 · v + (1 - beta2) · g²;
 * w = w - rate / correction1 · m / (√v / correction2 + epsilon).
 * hyper: [rate, weightDecay, epsilon, beta1, 1 - beta1, beta2, 1 - beta2, correction1 = 1 - beta1^t,
 * correction2 = √(1 - beta2^t)] at step t = 1, 2, …; differences rounded once, from double precision.
 * @param decoupled AdamW (Loshchilov and Hutter 2017): w first shrinks by rate · weightDecay · w instead.
 */
export function f32_adam_step(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  count: i32,
  parts: i32,
  stride: i32,
  hyper: usize,
  decoupled: bool,
): void {
  check(w, f32Bytes(count));
  check(m, f32Bytes(count));
  check(v, f32Bytes(count));
  check(hyper, 36);
  gather(g, count, parts, stride);
  const rate = f32x4.splat(-load<f32>(hyper) / load<f32>(hyper, 28));
  const decay = f32x4.splat(decoupled ? 0 : load<f32>(hyper, 4));
  const shrink = f32x4.splat(decoupled ? -load<f32>(hyper) * load<f32>(hyper, 4) : 0);
  const epsilon = splat(hyper, 2);
  const keep1 = splat(hyper, 3);
  const take1 = splat(hyper, 4);
  const keep2 = splat(hyper, 5);
  const take2 = splat(hyper, 6);
  const over = f32x4.splat(<f32>1 / load<f32>(hyper, 32));
  for (; count >= 4; count -= 4) {
    adam(w, g, m, v, rate, decay, shrink, epsilon, keep1, take1, keep2, take2, over, 4);
    w += 16;
    g += 16;
    m += 16;
    v += 16;
  }
  for (; count > 0; count--) {
    adam(w, g, m, v, rate, decay, shrink, epsilon, keep1, take1, keep2, take2, over, 1);
    w += 4;
    g += 4;
    m += 4;
    v += 4;
  }
}

// @inline
function adam(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  rate: v128,
  decay: v128,
  shrink: v128,
  epsilon: v128,
  keep1: v128,
  take1: v128,
  keep2: v128,
  take2: v128,
  over: v128,
  lanes: i32,
): void {
  const weight = loadPart(w, lanes);
  const gradient = madd(decay, weight, loadPart(g, lanes));
  const mean = move(m, gradient, keep1, take1, lanes);
  const square = move(v, f32x4.mul(gradient, gradient), keep2, take2, lanes);
  const step = f32x4.div(mean, madd(f32x4.sqrt(square), over, epsilon));
  storePart(w, madd(rate, step, madd(shrink, weight, weight)), lanes);
}
