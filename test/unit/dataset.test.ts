import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stratifiedSplit, subset } from '../../src/training/loop/dataset.js';

const count = (list: readonly number[], classes: Int32Array) => {
  const counts: Record<number, number> = {};
  for (const index of list) counts[classes[index]] = (counts[classes[index]] ?? 0) + 1;
  return counts;
};

test('a split holds back the same share of every class, and loses nothing', () => {
  const classes = Int32Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : i < 80 ? 1 : i < 90 ? 2 : 3));
  const { train, held } = stratifiedSplit(classes, 0.2, 1);
  assert.deepEqual(count(held, classes), { 0: 10, 1: 6, 2: 2, 3: 2 });
  assert.deepEqual(count(train, classes), { 0: 40, 1: 24, 2: 8, 3: 8 });
  assert.deepEqual([...train, ...held].sort((a, b) => a - b), [...classes.keys()]); // prettier-ignore
});

test('a class of one example gives none away, and no class gives all', () => {
  const classes = Int32Array.of(0, 1, 1, 2, 2, 2);
  for (const share of [0.1, 0.5, 0.9, 1]) {
    const { train, held } = stratifiedSplit(classes, share, 3);
    assert.deepEqual(Object.keys(count(train, classes)), ['0', '1', '2']);
    assert.equal(train.length + held.length, 6);
    assert.ok(!held.includes(0));
  }
  assert.deepEqual(stratifiedSplit(classes, 0, 3).held, []);
});

test('a split is drawn by its seed', () => {
  const classes = new Int32Array(40);
  assert.deepEqual(stratifiedSplit(classes, 0.25, 7), stratifiedSplit(classes, 0.25, 7));
  assert.notDeepEqual(stratifiedSplit(classes, 0.25, 7), stratifiedSplit(classes, 0.25, 8));
  assert.notDeepEqual(stratifiedSplit(classes, 0.25, 7).held, [...Array(10).keys()]);
});

test('a subset is a copy, in the order asked for', () => {
  const data = { inputs: Float32Array.of(0, 1, 10, 11, 20, 21), classes: Int32Array.of(5, 6, 7) };
  const part = subset(data, [2, 0, 2]);
  assert.deepEqual([...part.inputs], [20, 21, 0, 1, 20, 21]);
  assert.deepEqual([...part.classes], [7, 5, 7]);
  part.inputs.fill(-1);
  part.classes.fill(-1);
  assert.deepEqual([...data.inputs, ...data.classes], [0, 1, 10, 11, 20, 21, 5, 6, 7]);
  assert.equal(subset(data, []).inputs.length, 0);
});
