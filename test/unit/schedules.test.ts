import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scheduleFactor } from '../../src/training/loop/schedules.js';
import { at } from '../support/lists.js';

test('schedules begin at 1, never rise, and all but the constant one end at 0', () => {
  for (const name of ['constant', 'linear', 'cosine'] as const) {
    const factors = Array.from({ length: 101 }, (_, i) => scheduleFactor(name, i / 100));
    assert.equal(factors[0], 1);
    factors.slice(1).forEach((factor, i) => assert.ok(factor <= at(factors, i)));
    assert.equal(factors[100], name === 'constant' ? 1 : 0);
  }
});

test('one cycle rises from a 25th to 1 in three tenths, falls to 0, and never jumps', () => {
  const factor = (fraction: number) => scheduleFactor('one-cycle', fraction);
  assert.ok(Math.abs(factor(0) - 1 / 25) < 1e-12);
  assert.equal(factor(0.3), 1);
  assert.ok(Math.abs(factor(0.15) - (1 + 1 / 25) / 2) < 1e-12);
  assert.ok(Math.abs(factor(0.65) - 0.5) < 1e-12);
  assert.ok(Math.abs(factor(1)) < 1e-12);
  for (let i = 0; i < 1000; i++) {
    const change = factor((i + 1) / 1000) - factor(i / 1000);
    assert.ok(i < 300 ? change > 0 && change < 0.01 : change < 0 && change > -0.01, `${i}: ${change}`);
  }
});

test('linear falls evenly, cosine is half way at half time and slow at both ends', () => {
  assert.equal(scheduleFactor('linear', 0.25), 0.75);
  assert.ok(Math.abs(scheduleFactor('cosine', 0.5) - 0.5) < 1e-12);
  assert.ok(scheduleFactor('cosine', 0.1) > 0.97);
  assert.ok(scheduleFactor('cosine', 0.9) < 0.03);
});
