import { gather, move, splat } from './optimizer';
import { check, f32Bytes, loadPart, madd, storePart } from './simd';

/**
 * Adadelta (Zeiler 2012): v = rho · v + (1 - rho) · g²; d = √(u + epsilon) / √(v + epsilon) · g;
 * u = rho · u + (1 - rho) · d²; w = w - rate · d. hyper: [rate, weightDecay, epsilon, rho, 1 - rho].
 */
export function f32_adadelta_step(
  w: usize,
  g: usize,
  v: usize,
  u: usize,
  count: i32,
  parts: i32,
  stride: i32,
  hyper: usize,
): void {
  check(w, f32Bytes(count));
  check(v, f32Bytes(count));
  check(u, f32Bytes(count));
  check(hyper, 20);
  gather(g, count, parts, stride);
  const rate = f32x4.neg(splat(hyper, 0));
  const decay = splat(hyper, 1);
  const epsilon = splat(hyper, 2);
  const keep = splat(hyper, 3);
  const take = splat(hyper, 4);
  for (; count >= 4; count -= 4) {
    adadelta(w, g, v, u, rate, decay, epsilon, keep, take, 4);
    w += 16;
    g += 16;
    v += 16;
    u += 16;
  }
  for (; count > 0; count--) {
    adadelta(w, g, v, u, rate, decay, epsilon, keep, take, 1);
    w += 4;
    g += 4;
    v += 4;
    u += 4;
  }
}

// @inline
function adadelta(
  w: usize,
  g: usize,
  v: usize,
  u: usize,
  rate: v128,
  decay: v128,
  epsilon: v128,
  keep: v128,
  take: v128,
  lanes: i32,
): void {
  const weight = loadPart(w, lanes);
  const gradient = madd(decay, weight, loadPart(g, lanes));
  const square = move(v, f32x4.mul(gradient, gradient), keep, take, lanes);
  const before = f32x4.sqrt(f32x4.add(loadPart(u, lanes), epsilon));
  const delta = f32x4.mul(f32x4.div(before, f32x4.sqrt(f32x4.add(square, epsilon))), gradient);
  move(u, f32x4.mul(delta, delta), keep, take, lanes);
  storePart(w, madd(rate, delta, weight), lanes);
}
