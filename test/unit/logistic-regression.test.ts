import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cholesky, solve } from '../../src/training/classes/cholesky.js';
import { fitClassWeights } from '../../src/training/classes/logistic-regression.js';
import { at } from '../support/lists.js';
import { examples } from '../support/two-classes.js';

test('a factor times its transpose is the matrix, and solves with it', () => {
  const matrix = Float64Array.from([4, 0, 0, 2, 10, 0, -2, 5, 9]); // its lower triangle
  const lower = cholesky(matrix, 3);
  const rounded = Array.from(lower, (value) => Number(value.toFixed(9)));
  assert.deepEqual(rounded, [2, 1, 3, -1, 2, 2]);
  const x = solve(lower, Float64Array.from([4 + 4 - 6, 2 + 20 + 15, -2 + 10 + 27])); // of [1, 2, 3]
  [1, 2, 3].forEach((value, i) => assert.ok(Math.abs(at(x, i) - value) < 1e-9));
});

test('a new class gets weights between those of known ones, which stay as they are', async () => {
  const { features, classes } = examples();
  const newFeatures = Float32Array.from(features, (value, i) => (i % 2 ? value - 6 : value)); // the same, farther down
  const all = Float32Array.from([...features, ...newFeatures]);
  const truth = Int32Array.from([...classes, ...classes.map(() => 2)]);
  const weights = new Map([
    ['fc.weight', { shape: [2, 3], data: Float32Array.from([0, 1, 7, 0, 0, 7]) }], // the known ones part at x = 6.5
    ['fc.bias', { shape: [3], data: Float32Array.from([0, -6.5, 7]) }],
  ]);
  await fitClassWeights(weights, 'fc', all, truth, [false, false, true]);
  const { data: w } = weights.get('fc.weight')!;
  const { data: b } = weights.get('fc.bias')!;
  assert.deepEqual([w[0], w[1], w[3], w[4], b[0], b[1]], [0, 1, 0, 0, 0, -6.5]);
  const answer = (x: number, y: number) => {
    const logits = [0, 1, 2].map((label) => x * at(w, label) + y * at(w, 3 + label) + at(b, label));
    return logits.indexOf(Math.max(...logits));
  };
  let right = 0;
  truth.forEach((label, i) => {
    const found = answer(at(all, 2 * i), at(all, 2 * i + 1));
    right += Number((label === 2) === (found === 2));
  });
  assert.ok(right >= 0.98 * truth.length, `${right} of ${truth.length}`);
  assert.equal(answer(8, 7), 1);
});

test('an abort leaves the weights as they were', async () => {
  const { features, classes } = examples();
  const data = Float32Array.from([1, 2, 3, 4]);
  const weights = new Map([
    ['fc.weight', { shape: [2, 2], data }],
    ['fc.bias', { shape: [2], data: new Float32Array(2) }],
  ]);
  const aborted = AbortSignal.abort();
  await assert.rejects(fitClassWeights(weights, 'fc', features, classes, [false, true], aborted), { code: 'aborted' });
  assert.deepEqual([...data], [1, 2, 3, 4]);
});
