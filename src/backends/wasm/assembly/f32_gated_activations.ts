// Non-linearities that are x times a gate between 0 and 1: SiLU x · sigmoid(x), GELU x · Φ(x) with the normal
// distribution's Φ, and GELU's approximation x · sigmoid(√(8/π) · (x + 0.044715 x³)). Four values at a time; gates are
// exact to 2e-7. Beyond ±20 a gate is 0 or 1 in float32, so it is taken of x within these bounds.

import { check, f32Bytes, loadPart, madd, storePart, zero } from './simd';

const SILU: i32 = 0;
const GELU_TANH: i32 = 1; // any other is GELU

/** y = x · gate(x); `count` of them. Gates are 0 SiLU, 1 GELU by tanh, 2 GELU. */
export function f32_gated(x: usize, y: usize, count: i32, gate: i32): void {
  check(x, f32Bytes(count));
  check(y, f32Bytes(count));
  for (; count > 0; count -= 4) {
    const lanes = min(4, count);
    const value = loadPart(x, lanes);
    const inside = bounded(value, gate);
    const share = gate == SILU || gate == GELU_TANH ? logistic(argument(inside, gate)) : normal(inside);
    storePart(y, f32x4.mul(value, share), lanes);
    x += 16;
    y += 16;
  }
}

/** dx = dy · the slope of `f32_gated` at x; `count` of them. */
export function f32_gated_gradient(dy: usize, x: usize, dx: usize, count: i32, gate: i32): void {
  check(dy, f32Bytes(count));
  check(x, f32Bytes(count));
  check(dx, f32Bytes(count));
  const one = f32x4.splat(1);
  for (; count > 0; count -= 4) {
    const lanes = min(4, count);
    const value = bounded(loadPart(x, lanes), gate);
    let share: v128; // the gate
    let rise: v128; // its slope
    if (gate == SILU || gate == GELU_TANH) {
      const u = argument(value, gate);
      share = logistic(u);
      rise = f32x4.mul(share, logistic(f32x4.neg(u)));
      if (gate == GELU_TANH) {
        const square = f32x4.mul(value, value);
        rise = f32x4.mul(rise, f32x4.mul(f32x4.splat(SCALE), madd(f32x4.splat(3 * CUBIC), square, one)));
      }
    } else {
      share = normal(value);
      const e = expOfMinus(f32x4.mul(f32x4.splat(0.5), f32x4.mul(value, value)));
      rise = f32x4.mul(f32x4.splat(0.3989422804014327), e); // 1 / √(2π)
    }
    storePart(dx, f32x4.mul(loadPart(dy, lanes), madd(value, rise, share)), lanes);
    dy += 16;
    x += 16;
    dx += 16;
  }
}

const SCALE: f32 = 1.5957691216057308; // √(8/π)
const CUBIC: f32 = 0.044715;

// @inline
function bounded(x: v128, gate: i32): v128 {
  const most = f32x4.splat(gate == SILU ? 100 : 20);
  return f32x4.max(f32x4.neg(most), f32x4.min(x, most));
}

// @inline
function argument(x: v128, gate: i32): v128 {
  if (gate == SILU) return x;
  const inner = madd(f32x4.mul(f32x4.splat(CUBIC), f32x4.mul(x, x)), x, x);
  return f32x4.mul(f32x4.splat(SCALE), inner);
}

function logistic(u: v128): v128 {
  const one = f32x4.splat(1);
  const e = expOfMinus(f32x4.abs(u));
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(u, zero())), f32x4.add(one, e));
}

/** Φ(x): erfc to 1.5e-7 by Abramowitz and Stegun 7.1.26. */
function normal(x: v128): v128 {
  const one = f32x4.splat(1);
  const far = f32x4.abs(x);
  const t = f32x4.div(one, madd(f32x4.splat(0.3275911 * 0.7071067811865476), far, one));
  let p = madd(t, f32x4.splat(0.5 * 1.061405429), f32x4.splat(0.5 * -1.453152027));
  p = madd(p, t, f32x4.splat(0.5 * 1.421413741));
  p = madd(p, t, f32x4.splat(0.5 * -0.284496736));
  p = madd(p, t, f32x4.splat(0.5 * 0.254829592));
  const below = f32x4.mul(f32x4.mul(p, t), expOfMinus(f32x4.mul(f32x4.splat(0.5), f32x4.mul(far, far))));
  return v128.bitselect(below, f32x4.sub(one, below), f32x4.lt(x, zero()));
}

/** e to the -z, for z from 0: 2^k · e^r with |r| at most ln 2 / 2 (a Taylor polynomial of degree 7); 0 beyond 87. */
function expOfMinus(z: v128): v128 {
  const most = f32x4.splat(87);
  const x = f32x4.neg(f32x4.min(z, most));
  const k = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.4426950408889634)));
  let r = f32x4.sub(x, f32x4.mul(k, f32x4.splat(0.693359375))); // ln 2 in two parts
  r = f32x4.add(r, f32x4.mul(k, f32x4.splat(2.1219444e-4)));
  let p = madd(r, f32x4.splat(1.0 / 5040), f32x4.splat(1.0 / 720));
  p = madd(p, r, f32x4.splat(1.0 / 120));
  p = madd(p, r, f32x4.splat(1.0 / 24));
  p = madd(p, r, f32x4.splat(1.0 / 6));
  p = madd(p, r, f32x4.splat(0.5));
  p = madd(p, r, f32x4.splat(1));
  p = madd(p, r, f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, power), f32x4.gt(z, most));
}
