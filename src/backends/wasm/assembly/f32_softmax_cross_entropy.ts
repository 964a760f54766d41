// The mean softmax cross-entropy of a batch together with its gradient.

import { check, f32Bytes } from './simd';

/**
 * loss [1] and gradient [rows, columns] = (softmax(logits) - targets) / rows. The greatest logit of a row is subtracted
 * first, so that nothing overflows; sums are in double precision.
 */
export function f32_softmax_cross_entropy(
  logits: usize,
  targets: usize,
  loss: usize,
  gradient: usize,
  rows: i32,
  columns: i32,
): void {
  const row = f32Bytes(columns);
  check(logits, <usize>rows * row);
  check(targets, <usize>rows * row);
  check(gradient, <usize>rows * row);
  check(loss, 4);
  let total: f64 = 0;
  for (let i = 0; i < rows; i++) {
    let most: f32 = load<f32>(logits);
    for (let j: usize = 4; j < row; j += 4) most = max(most, load<f32>(logits + j));
    let sum: f64 = 0;
    let dot: f64 = 0; // of the targets and the logits below the greatest
    let mass: f64 = 0;
    for (let j: usize = 0; j < row; j += 4) {
      const below = load<f32>(logits + j) - most;
      const share = <f64>load<f32>(targets + j);
      const e = exp(<f64>below);
      sum += e;
      mass += share;
      dot += share == 0 ? 0 : share * <f64>below;
      store<f32>(gradient + j, <f32>e);
    }
    total += mass * log(sum) - dot;
    const scale = 1 / sum;
    for (let j: usize = 0; j < row; j += 4)
      store<f32>(gradient + j, <f32>((<f64>load<f32>(gradient + j) * scale - <f64>load<f32>(targets + j)) / <f64>rows));
    logits += row;
    targets += row;
    gradient += row;
  }
  store<f32>(loss, <f32>(total / <f64>rows));
}

/** e to the x, for x not above 0: 2^k · e^r with |r| at most ln 2 / 2 (a Taylor polynomial of degree 11). */
export function exp(x: f64): f64 {
  if (x < -700) return 0;
  const k = nearest(x * 1.4426950408889634);
  const r = x - k * 0.6931471803691238 - k * 1.9082149292705877e-10; // ln 2 in two parts
  let p: f64 = 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1;
  p = p * r + 1;
  return p * reinterpret<f64>((<i64>k + 1023) << 52);
}

/** The natural logarithm of x at least 1: of 2^k · m as k · ln 2 + 2 artanh((m - 1) / (m + 1)). */
function log(x: f64): f64 {
  if (!(x < Infinity)) return x;
  const bits = reinterpret<i64>(x);
  let k = (bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k++;
  }
  const s = (m - 1) / (m + 1);
  const q = s * s;
  let p: f64 = 1.0 / 17;
  p = p * q + 1.0 / 15;
  p = p * q + 1.0 / 13;
  p = p * q + 1.0 / 11;
  p = p * q + 1.0 / 9;
  p = p * q + 1.0 / 7;
  p = p * q + 1.0 / 5;
  p = p * q + 1.0 / 3;
  p = p * q + 1;
  return <f64>k * 0.6931471805599453 + 2 * s * p;
}
