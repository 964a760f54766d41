import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scheduleFactor } from '../../src/training/schedules.js';

test('schedules begin at 1, never rise, and all but the constant one end at 0', () => {
  for (const name of ['constant', 'linear', 'cosine'] as const) {
    const factors = Array.from({ length: 101 }, (_, i) => scheduleFactor(name, i / 100));
    assert.equal(factors[0], 1);
    factors.forEach((factor, i) => assert.ok(i === 0 || factor <= factors[i - 1]));
    assert.equal(factors[100], name === 'constant' ? 1 : 0);
  }
});

test('linear falls evenly, cosine is half way at half time and slow at both ends', () => {
  assert.equal(scheduleFactor('linear', 0.25), 0.75);
  assert.ok(Math.abs(scheduleFactor('cosine', 0.5) - 0.5) < 1e-12);
  assert.ok(scheduleFactor('cosine', 0.1) > 0.97);
  assert.ok(scheduleFactor('cosine', 0.9) < 0.03);
});
