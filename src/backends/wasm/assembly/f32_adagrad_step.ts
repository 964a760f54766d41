import { gather, splat } from './optimizer';
import { check, f32Bytes, loadPart, madd, storePart } from './simd';

/** Adagrad (Duchi et al. 2011): v = v + g²; w = w - rate · g / (√v + epsilon). hyper: [rate, weightDecay, epsilon]. */
export function f32_adagrad_step(
  w: usize,
  g: usize,
  v: usize,
  count: i32,
  parts: i32,
  stride: i32,
  hyper: usize,
): void {
  check(w, f32Bytes(count));
  check(v, f32Bytes(count));
  check(hyper, 12);
  gather(g, count, parts, stride);
  const rate = f32x4.neg(splat(hyper, 0));
  const decay = splat(hyper, 1);
  const epsilon = splat(hyper, 2);
  for (; count >= 4; count -= 4) {
    adagrad(w, g, v, rate, decay, epsilon, 4);
    w += 16;
    g += 16;
    v += 16;
  }
  for (; count > 0; count--) {
    adagrad(w, g, v, rate, decay, epsilon, 1);
    w += 4;
    g += 4;
    v += 4;
  }
}

// @inline
function adagrad(w: usize, g: usize, v: usize, rate: v128, decay: v128, epsilon: v128, lanes: i32): void {
  const weight = loadPart(w, lanes);
  const gradient = madd(decay, weight, loadPart(g, lanes));
  const square = madd(gradient, gradient, loadPart(v, lanes));
  storePart(v, square, lanes);
  storePart(w, madd(rate, f32x4.div(gradient, f32x4.add(f32x4.sqrt(square), epsilon)), weight), lanes);
}
