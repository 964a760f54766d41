import { gather, splat } from './optimizer';
import { check, f32Bytes, loadPart, madd, storePart } from './simd';

/** w = w - rate · (g + weightDecay · w). hyper: [rate, weightDecay]. */
export function f32_sgd_step(w: usize, g: usize, count: i32, parts: i32, stride: i32, hyper: usize): void {
  check(w, f32Bytes(count));
  check(hyper, 8);
  gather(g, count, parts, stride);
  const rate = f32x4.neg(splat(hyper, 0));
  const decay = splat(hyper, 1);
  for (; count >= 8; count -= 8) {
    sgd(w, g, rate, decay, 4);
    sgd(w + 16, g + 16, rate, decay, 4);
    w += 32;
    g += 32;
  }
  for (; count > 0; count--) {
    sgd(w, g, rate, decay, 1);
    w += 4;
    g += 4;
  }
}

// @inline
function sgd(w: usize, g: usize, rate: v128, decay: v128, lanes: i32): void {
  const weight = loadPart(w, lanes);
  storePart(w, madd(rate, madd(decay, weight, loadPart(g, lanes)), weight), lanes);
}
