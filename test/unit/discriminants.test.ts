import assert from 'node:assert/strict';
import test from 'node:test';
import type { Weights } from '../../src/models/model.js';
import { cholesky } from '../../src/training/classes/cholesky.js';
import { writeDiscriminants } from '../../src/training/classes/discriminants.js';

const COVARIANCE = [2, 0.6, 0.6, 0.5];
const covarianceFactor = Float32Array.from(cholesky(Float64Array.from(COVARIANCE), 2));
const MEANS = [
  [1, 2],
  [-1, 0.5],
  [3, -1],
];

/** What a head for the first so many of the classes answers. */
function headOf(classes: number) {
  const weights: Weights = new Map([
    ['fc.weight', { shape: [2, classes], data: new Float32Array(2 * classes) }],
    ['fc.bias', { shape: [classes], data: new Float32Array(classes) }],
  ]);
  const means = MEANS.slice(0, classes).map((mean) => Float32Array.from(mean));
  writeDiscriminants(weights, 'fc', { means, covarianceFactor });
  const [weight, bias] = [weights.get('fc.weight')?.data ?? [], weights.get('fc.bias')?.data ?? []];
  return ([x = 0, y = 0]: number[]) =>
    Array.from(bias, (offset, at) => x * (weight[at] ?? NaN) + y * (weight[classes + at] ?? NaN) + offset);
}

/** Log density of a normal distribution, but for what is the same for all means. */
function logDensity([x = 0, y = 0]: number[], [meanX = 0, meanY = 0]: number[]): number {
  const [a = 0, b = 0, , d = 0] = COVARIANCE;
  const [u, v] = [x - meanX, y - meanY];
  return -(d * u * u - 2 * b * u * v + a * v * v) / (a * d - b * b) / 2;
}

test('classes answer by the density of their normal distributions', () => {
  const [answers, point] = [headOf(3), [0.7, -0.4]];
  const logits = answers(point);
  const [first = NaN, ...others] = MEANS.map((mean, at) => (logits[at] ?? NaN) - logDensity(point, mean));
  for (const other of others) assert.ok(Math.abs(other - first) < 1e-5, `${other} and ${first}`);
});

test('a class more does not move the others', () => {
  const point = [2, 0.3];
  assert.deepEqual(headOf(3)(point).slice(0, 2), headOf(2)(point));
});
