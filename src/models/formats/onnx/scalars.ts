// Functions of one number: what a graph's element-wise nodes compute, and which of handful's activations that is. Exporters
// write GELU or SiLU as one node or as five, in any order, so functions are known by what they make of some numbers.

import type { Activation } from '../../../types.js';
import { float, optionalTensor, text, type Node } from './nodes.js';

type Scalar = (x: number) => number;

const sigmoid: Scalar = (x) => 1 / (1 + Math.exp(-x));
const gelu: Scalar = (x) => (x * (1 + erf(x / Math.SQRT2))) / 2;
const geluTanh: Scalar = (x) => (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2;
const silu: Scalar = (x) => x * sigmoid(x);
const clip =
  (least: number, most: number): Scalar =>
  (x) =>
    Math.min(Math.max(x, least), most);

/** Operators of one input. */
const UNARY: Readonly<Record<string, (node: Node) => Scalar>> = {
  Relu: () => (x) => Math.max(x, 0),
  LeakyRelu: (node) => leaky(float(node, 'alpha', 0.01)),
  Sigmoid: () => sigmoid,
  Tanh: () => Math.tanh,
  Gelu: (node) => (text(node, 'approximate') === 'tanh' ? geluTanh : gelu),
  Swish: (node) => (x) => x * sigmoid(float(node, 'alpha', 1) * x),
  Elu: (node) => (x) => (x > 0 ? x : float(node, 'alpha', 1) * Math.expm1(x)),
  Softplus: () => (x) => Math.log1p(Math.exp(x)),
  HardSigmoid: (node) => (x) => clip(0, 1)(float(node, 'alpha', 0.2) * x + float(node, 'beta', 0.5)),
  HardSwish: () => (x) => x * clip(0, 1)(x / 6 + 0.5),
  Clip: (node) => {
    const bound = (name: string, at: number, otherwise: number) =>
      optionalTensor(node, at)?.data[0] ?? float(node, name, otherwise);
    return clip(bound('min', 1, -Infinity), bound('max', 2, Infinity));
  },
  Erf: () => erf,
  Exp: () => Math.exp,
  Sqrt: () => Math.sqrt,
  Neg: () => (x) => -x,
  Abs: () => Math.abs,
  Reciprocal: () => (x) => 1 / x,
};

/** Operators of two inputs. */
export const BINARY = {
  Add: (a: number, b: number) => a + b,
  Sum: (a: number, b: number) => a + b,
  Sub: (a: number, b: number) => a - b,
  Mul: (a: number, b: number) => a * b,
  Div: (a: number, b: number) => a / b,
  Pow: (a: number, b: number) => a ** b,
  Max: (a: number, b: number) => Math.max(a, b),
  Min: (a: number, b: number) => Math.min(a, b),
  PRelu: (x: number, slope: number) => leaky(slope)(x),
};

export function unaryOf(node: Node): Scalar | undefined {
  return Object.hasOwn(UNARY, node.operator) ? UNARY[node.operator]?.(node) : undefined;
}

/** Where functions are looked at: enough to tell GELU from its approximation, and a ReLU from one that ends at 6. */
export const POINTS = Float64Array.of(-9, -5, -3, -2, -1.5, -1, -0.7, -0.3, 0, 0.2, 0.5, 1, 1.4, 2, 3, 4, 7, 30);

/** An activation, or a straight line. */
export type Known = { activation: Activation; slope?: number } | { scale: number; shift: number };

/** What a function is, by its samples; undefined if it is none of handful's. */
export function recognise(samples: Float64Array): Known | undefined {
  const is = (scalar: Scalar) =>
    POINTS.every((x, i) => Math.abs(scalar(x) - (samples[i] ?? NaN)) <= 1e-5 * (1 + Math.abs(samples[i] ?? 0)));
  const at = (x: number) => samples[POINTS.indexOf(x)] ?? NaN;
  const known = (Object.keys(ACTIVATIONS) as Activation[]).find((name) => is(ACTIVATIONS[name]));
  if (known) return { activation: known };
  const [scale, shift, slope] = [at(1) - at(0), at(0), -at(-1)];
  if (is((x) => scale * x + shift)) return { scale, shift };
  // Attributes are float32; what was meant has fewer digits.
  if (is(leaky(slope))) return { activation: 'leakyRelu', slope: Number(slope.toPrecision(6)) };
  return undefined;
}

const ACTIVATIONS: Readonly<Record<Activation, Scalar>> = {
  relu: (x) => Math.max(x, 0),
  sigmoid,
  tanh: Math.tanh,
  leakyRelu: leaky(0.01),
  gelu,
  geluTanh,
  silu,
};

function leaky(slope: number): Scalar {
  return (x) => (x < 0 ? slope * x : x);
}

/** To 1e-7 (Numerical Recipes' Chebyshev fit of erfc). */
function erf(x: number): number {
  const t = 1 / (1 + Math.abs(x) / 2);
  const terms = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
    -1.26551223,
  ];
  const exponent = terms.reduce((sum, term) => sum * t + term, 0) - x * x;
  const rest = t * Math.exp(exponent);
  return x >= 0 ? 1 - rest : rest - 1;
}
