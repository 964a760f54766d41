import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gather } from '../../src/training/loop/batch.js';
import { at } from '../support/lists.js';

const data = { inputs: Float32Array.of(1, 2, 3, 4, 5, 6), classes: Int32Array.of(2, 0, 1) };
const indices = Uint32Array.of(2, 0);
const next = () => 0.5;

test('a batch holds the examples at the indices, their classes and one-hot rows', () => {
  const { inputs, targets, classes } = gather(data, indices, { width: 3, smoothing: 0, next });
  assert.deepEqual([...inputs], [5, 6, 1, 2]);
  assert.deepEqual([...targets], [0, 1, 0, 0, 0, 1]);
  assert.deepEqual([...classes], [1, 2]);
});

test('smoothing gives every class its share, and rows still sum to 1', () => {
  const { targets } = gather(data, indices, { width: 3, smoothing: 0.3, next });
  [0.1, 0.8, 0.1, 0.1, 0.1, 0.8].forEach((value, i) => assert.ok(Math.abs(at(targets, i) - value) < 1e-7));
});

test('examples are varied one by one, by the generator that is given, and stay as they are', () => {
  let draws = 0;
  const { inputs } = gather(data, indices, {
    width: 3,
    smoothing: 0,
    next: () => ++draws,
    augment(source, from, target, to, next) {
      const factor = next();
      for (let i = 0; i < 2; i++) target[to + i] = factor * at(source, from + i);
    },
  });
  assert.deepEqual([...inputs], [5, 6, 2, 4]);
  assert.deepEqual([...data.inputs], [1, 2, 3, 4, 5, 6]);
});
