import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withHands, writtenDigit } from '../../scripts/lib/synthetic-handwriting.mjs';
import { random } from '../../src/common/random.js';
import type { Preprocessing } from '../../src/types.js';
import { addTo } from '../support/lists.js';

test('digits are written at random: all of them as often, in strokes that can be drawn', () => {
  const next = random(1);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 2000; i++) {
    const { digit, strokes } = writtenDigit(next);
    addTo(counts, digit, 1);
    assert.ok(strokes.length >= 1 && strokes.length <= 3);
    for (const stroke of strokes) {
      assert.ok(stroke.length >= 2);
      assert.ok(stroke.flat().every((value: number) => Math.abs(value) < 1.5));
    }
  }
  for (const count of counts) assert.ok(count > 140 && count < 260, String(counts));
});

test('a dataset gets so many of them, standardised as it is, before its own', () => {
  const digits = { inputs: new Float32Array(10 * 784).fill(7), classes: new Int32Array(10).fill(3) };
  const preprocess: Preprocessing = { kind: 'ink', mean: [0.1], std: [0.5] };
  const { inputs, classes } = withHands(digits, 0.3, preprocess, 4);
  assert.equal(inputs.length, 13 * 784);
  assert.deepEqual([...classes.subarray(3)], [...digits.classes]);
  assert.ok(inputs.subarray(3 * 784).every((value: number) => value === 7));
  const written = inputs.subarray(0, 3 * 784);
  assert.ok(Math.min(...written) >= -0.2001 && Math.max(...written) <= 1.8001 && Math.max(...written) > 1.5);
  assert.deepEqual(withHands(digits, 0.3, preprocess, 4).inputs, inputs, 'the same for the same seed');
  assert.deepEqual(withHands(digits, 0, preprocess, 4).inputs, digits.inputs);
});
