import { gather, move, splat } from './optimizer';
import { check, f32Bytes, loadPart, madd, storePart } from './simd';

/**
 * RMSprop (Tieleman and Hinton 2012): v = alpha · v + (1 - alpha) · g²; a = g / (√v + epsilon); w = w - rate · a, or
 * with momentum m = momentum · m + a; w = w - rate · m. hyper: [rate, weightDecay, epsilon, alpha, 1 - alpha, momentum].
 * @param m 0 without momentum.
 * @param mean For the centred form (Graves 2013): v less the square of mean = alpha · mean + (1 - alpha) · g. Else 0.
 */
export function f32_rmsprop_step(
  w: usize,
  g: usize,
  v: usize,
  m: usize,
  mean: usize,
  count: i32,
  parts: i32,
  stride: i32,
  hyper: usize,
): void {
  check(w, f32Bytes(count));
  check(v, f32Bytes(count));
  if (m) check(m, f32Bytes(count));
  if (mean) check(mean, f32Bytes(count));
  check(hyper, 24);
  gather(g, count, parts, stride);
  const rate = f32x4.neg(splat(hyper, 0));
  const decay = splat(hyper, 1);
  const epsilon = splat(hyper, 2);
  const keep = splat(hyper, 3);
  const take = splat(hyper, 4);
  const momentum = splat(hyper, 5);
  for (; count >= 4; count -= 4) {
    rmsprop(w, g, v, m, mean, rate, decay, epsilon, keep, take, momentum, 4);
    w += 16;
    g += 16;
    v += 16;
    if (m) m += 16;
    if (mean) mean += 16;
  }
  for (; count > 0; count--) {
    rmsprop(w, g, v, m, mean, rate, decay, epsilon, keep, take, momentum, 1);
    w += 4;
    g += 4;
    v += 4;
    if (m) m += 4;
    if (mean) mean += 4;
  }
}

// @inline
function rmsprop(
  w: usize,
  g: usize,
  v: usize,
  m: usize,
  mean: usize,
  rate: v128,
  decay: v128,
  epsilon: v128,
  keep: v128,
  take: v128,
  momentum: v128,
  lanes: i32,
): void {
  const weight = loadPart(w, lanes);
  const gradient = madd(decay, weight, loadPart(g, lanes));
  let square = move(v, f32x4.mul(gradient, gradient), keep, take, lanes);
  if (mean) {
    const centre = move(mean, gradient, keep, take, lanes);
    square = f32x4.sub(square, f32x4.mul(centre, centre));
  }
  let step = f32x4.div(gradient, f32x4.add(f32x4.sqrt(square), epsilon));
  if (m) {
    step = madd(momentum, loadPart(m, lanes), step);
    storePart(m, step, lanes);
  }
  storePart(w, madd(rate, step, weight), lanes);
}
