import { gather, splat } from './optimizer';
import { check, f32Bytes, loadPart, madd, storePart } from './simd';

/**
 * m = momentum · m + g; w = w - rate · m, or with Nesterov's momentum w - rate · (g + momentum · m).
 * hyper: [rate, weightDecay, momentum].
 */
export function f32_momentum_step(
  w: usize,
  g: usize,
  m: usize,
  count: i32,
  parts: i32,
  stride: i32,
  hyper: usize,
  nesterov: bool,
): void {
  check(w, f32Bytes(count));
  check(m, f32Bytes(count));
  check(hyper, 12);
  gather(g, count, parts, stride);
  const rate = f32x4.neg(splat(hyper, 0));
  const decay = splat(hyper, 1);
  const keep = splat(hyper, 2);
  for (; count >= 4; count -= 4) {
    momentum(w, g, m, rate, decay, keep, nesterov, 4);
    w += 16;
    g += 16;
    m += 16;
  }
  for (; count > 0; count--) {
    momentum(w, g, m, rate, decay, keep, nesterov, 1);
    w += 4;
    g += 4;
    m += 4;
  }
}

// @inline
function momentum(w: usize, g: usize, m: usize, rate: v128, decay: v128, keep: v128, nesterov: bool, lanes: i32): void {
  const weight = loadPart(w, lanes);
  const gradient = madd(decay, weight, loadPart(g, lanes));
  const velocity = madd(keep, loadPart(m, lanes), gradient);
  storePart(m, velocity, lanes);
  storePart(w, madd(rate, nesterov ? madd(keep, velocity, gradient) : velocity, weight), lanes);
}
