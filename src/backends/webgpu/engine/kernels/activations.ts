import type { Activation } from '../../../../types.js';
import { elementwise } from './elementwise.js';

/** WGSL: y of `x`, and the slope at `v`, which is y where the slope follows from that, else x. */
interface Formula {
  readonly y: string;
  readonly slope: string;
}

/** Exponentials are of what is not above 0: others overflow, tanh in some drivers, too. */
const FORMULAS: { readonly [name in Activation]: Formula } = {
  relu: { y: 'rectified(x)', slope: 'select(1f, 0f, v <= 0f)' },
  sigmoid: { y: 'logistic(x)', slope: 'v * (1f - v)' },
  tanh: { y: 'tangent(x)', slope: '1f - v * v' },
  leakyRelu: { y: 'select(x, a.below * x, x < 0f)', slope: 'select(a.below, 1f, v > 0f)' },
  silu: { y: 'x * logistic(x)', slope: 'logistic(v) * (1f + v * logistic(-v))' },
  geluTanh: { y: 'x * logistic(cubic(x))', slope: 'cubic_slope(v)' },
  gelu: { y: 'x * normal(x)', slope: 'normal(v) + v * 0.3989422804014327f * exp(-0.5f * min(v * v, 160f))' },
};

/** `normal`: Abramowitz and Stegun 7.1.26, to 1.5e-7. `cubic`: GELU's approximation by tanh as one by the sigmoid. */
const FUNCTIONS = `
fn logistic(u: f32) -> f32 {
  let e = exp(-abs(u));
  return select(1f, e, u < 0f) / (1f + e);
}
fn tangent(u: f32) -> f32 {
  if (abs(u) < 0.3f) {
    let s = u * u;
    return u + u * s * (-0.33333333f + s * (0.13333333f + s * (-0.053968254f + s * (0.021869489f - s * 0.0088632355f))));
  }
  let e = exp(-2f * abs(u));
  return select(1f, -1f, u < 0f) * (1f - e) / (1f + e);
}
fn cubic(x: f32) -> f32 {
  let u = clamp(x, -20f, 20f);
  return 1.5957691216057308f * (u + 0.044715f * u * u * u);
}
fn cubic_slope(x: f32) -> f32 {
  let v = clamp(x, -20f, 20f);
  let u = cubic(v);
  return logistic(u) * (1f + v * logistic(-u) * 1.5957691216057308f * (1f + 0.134145f * v * v));
}
fn normal(x: f32) -> f32 {
  let far = min(abs(x), 20f);
  let t = 1f / (1f + 0.3275911f * 0.7071067811865476f * far);
  let p = 0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f)));
  let below = 0.5f * p * t * exp(-0.5f * far * far);
  return select(1f - below, below, x < 0f);
}
`;

/** y = activation of x; `below` is the slope of `leakyRelu` where x is below 0. */
export const activation = (name: Activation) =>
  elementwise(
    `activation_${name}`,
    { x: 'read', y: 'write', below: 'f32' },
    `let x = A[a.x + i];
    A[a.y + i] = ${FORMULAS[name].y};`,
    [FUNCTIONS],
  );

/** dx = dy · the slope at `values`, masked. */
export const activationGradient = (name: Activation) =>
  elementwise(
    `activation_gradient_${name}`,
    { values: 'read', dy: 'read', mask: 'read', dx: 'write', below: 'f32' },
    `let v = A[a.values + i];
    A[a.dx + i] = masked(A[a.dy + i] * (${FORMULAS[name].slope}), a.mask, i);`,
    [FUNCTIONS],
  );
