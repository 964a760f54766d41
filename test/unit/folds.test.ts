import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldsOf, meanOf, meanWeights } from '../../scripts/lib/folds.mjs';

test('every example is in one fold, and every fold has as many of a class as the others, give or take one', () => {
  const classes = Int32Array.from({ length: 58 }, (_, i) => (i < 7 ? 2 : i % 2));
  for (const seed of [0, 1, 2]) {
    const folds = foldsOf(classes, 5, seed);
    const sorted = folds.flat().sort((a, b) => a - b);
    assert.deepEqual(sorted, [...classes.keys()]);
    for (const label of [0, 1, 2]) {
      const counts = folds.map((held) => held.filter((i) => classes[i] === label).length);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${counts}`);
    }
  }
  assert.notDeepEqual(foldsOf(classes, 5, 0), foldsOf(classes, 5, 1));
  assert.deepEqual(foldsOf(classes, 5, 1), foldsOf(classes, 5, 1));
});

test('a soup has the mean of all weights', () => {
  const weights = (...data: number[]) => new Map([['fc.weight', { shape: [2], data: Float32Array.from(data) }]]);
  const soup = meanWeights([weights(1, 2), weights(3, -2), weights(5, 3)]);
  assert.deepEqual(soup, weights(3, 1));
  assert.deepEqual(meanOf([Float32Array.of(0, 4), Float32Array.of(1, 0)]), Float32Array.of(0.5, 2));
});
