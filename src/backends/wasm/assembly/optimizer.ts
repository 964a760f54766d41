// What optimizer steps have in common. A step is over one range of `count` parameters, in place, in PyTorch's formulas;
// any range can be a shard.
//
// The gradient is the sum over `parts` arrays (one a thread), `stride` bytes apart; it is left in the first of them, g.
// `hyper` is the address of 32-bit floats, each optimizer's own, the first two of all being the learning rate and the
// weight decay: weightDecay · w is added to the gradient (Adam can do otherwise). State starts as zeros.

import { f32_add } from './f32_elementwise';
import { check, f32Bytes, loadPart, madd, storePart } from './simd';

/** One of the hyperparameters, four times. */
// @inline
export function splat(hyper: usize, index: i32): v128 {
  return v128.load32_splat(hyper + f32Bytes(index));
}

/** The sum over all parts of the gradient, in the first. */
export function gather(g: usize, count: i32, parts: i32, stride: i32): void {
  check(g, f32Bytes(count));
  for (; parts > 1; parts--) f32_add(g, g + <usize>(parts - 1) * stride, g, count);
}

/** keep · average + take · value, in place. */
// @inline
export function move(average: usize, value: v128, keep: v128, take: v128, lanes: i32): v128 {
  const moved = madd(keep, loadPart(average, lanes), f32x4.mul(take, value));
  storePart(average, moved, lanes);
  return moved;
}
