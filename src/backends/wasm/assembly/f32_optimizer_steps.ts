// Optimizer steps over one range of `count` parameters, in place, in PyTorch's formulas. Any range can be a share.
//
// The gradient is the sum over `parts` arrays (one a thread), `stride` bytes apart; it is left in the first of them, g.
// `hyper` is the address of 32-bit floats, each optimizer's own, the first two of all being the learning rate and the
// weight decay: weightDecay · w is added to the gradient (Adam can do otherwise). State starts as zeros.

import { f32_add } from './f32_elementwise';
import { check, f32Bytes, loadPart, madd, storePart } from './simd';

/** One of the hyperparameters, four times. */
// @inline
function splat(hyper: usize, index: i32): v128 {
  return v128.load32_splat(hyper + f32Bytes(index));
}

/** The sum over all parts of the gradient, in the first. */
function gather(g: usize, count: i32, parts: i32, stride: i32): void {
  check(g, f32Bytes(count));
  for (; parts > 1; parts--) f32_add(g, g + <usize>(parts - 1) * stride, g, count);
}

/** keep · average + take · value, in place. */
// @inline
function move(average: usize, value: v128, keep: v128, take: v128, lanes: i32): v128 {
  const moved = madd(keep, loadPart(average, lanes), f32x4.mul(take, value));
  storePart(average, moved, lanes);
  return moved;
}

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
