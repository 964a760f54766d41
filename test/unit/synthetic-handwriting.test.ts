import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawingAnew } from '../../scripts/lib/drawn-anew.mjs';
import { manyHands, withExamples } from '../../scripts/lib/hands/many-hands.mjs';
import { writtenDigit } from '../../scripts/lib/synthetic-handwriting.mjs';
import { random } from '../../src/common/random.js';
import type { Augment } from '../../src/training/augment/augment.js';
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

test('a dataset gets examples before its own, which an augmentation draws anew', () => {
  const digits = { inputs: new Float32Array(10 * 784).fill(7), classes: new Int32Array(10).fill(3) };
  const preprocess: Preprocessing = { kind: 'ink', mean: [0.1], std: [0.5] };
  const drawing = { label: 1, writer: 'a', strokes: [[[0, 0], [5, 90]]] }; // prettier-ignore
  const images = { images: new Uint8Array(784), labels: new Uint8Array(1) };
  const examples = manyHands({ pens: 2, written: 3, scans: 0 }, [drawing], images, 4);
  assert.deepEqual(examples.map(({ digit }) => digit), [1, 1, 0, 1, 2]); // prettier-ignore
  const { inputs, classes } = withExamples(examples, digits, preprocess, 4);
  assert.deepEqual([...classes], [1, 1, 0, 1, 2, ...digits.classes]);
  assert.ok(inputs.subarray(5 * 784).every((value: number) => value === 7));
  const written = inputs.subarray(0, 5 * 784);
  assert.ok(Math.min(...written) >= -0.2001 && Math.max(...written) <= 1.8001 && Math.max(...written) > 1.5);
  assert.deepEqual(withExamples(examples, digits, preprocess, 4).inputs, inputs, 'the same for the same seed');

  const copy: Augment = (source, from, target, to) => target.set(source.subarray(from, from + 784), to);
  const augment = drawingAnew(examples, copy, [28, 28, 1], preprocess);
  const target = new Float32Array(2 * 784);
  augment(inputs, 5 * 784, target, 784, random(1));
  assert.ok(
    target.every((value, i) => value === (i < 784 ? 0 : 7)),
    'the dataset is left to the other one',
  );
  augment(inputs, 0, target, 0, random(1));
  assert.notDeepEqual(target.subarray(0, 784), inputs.subarray(0, 784));
});
