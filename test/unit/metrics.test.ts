import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argMax } from '../../src/common/arg-max.js';
import { crossEntropy, evaluation, isBetter, score, softmax } from '../../src/training/loop/metrics.js';
import { at } from '../support/lists.js';

const near = (actual: number, expected: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);

test('argMax finds the first of the greatest, in a part of a list too', () => {
  assert.equal(argMax([1, 3, 3, 2]), 1);
  assert.equal(argMax([-5]), 0);
  assert.equal(argMax([9, 1, -2, -1, -3, 9], 2, 3), 1);
});

test('softmax sums to 1, whatever the logits', () => {
  const values = softmax([Math.log(1), Math.log(2), Math.log(5)]);
  [1 / 8, 2 / 8, 5 / 8].forEach((value, i) => near(at(values, i), value));
  assert.deepEqual(softmax([1000, -1000]), [1, 0]);
  assert.deepEqual(softmax([-1e4, -1e4]), [0.5, 0.5]);
  assert.deepEqual(softmax([7, 0, 0, 7], 1, 2), [0.5, 0.5]);
  near(at(softmax(new Float32Array(200_000)), 99), 1 / 200_000);
});

test('cross-entropy is the negative logarithm of the probability of the truth, of large logits too', () => {
  const logits = [0.3, -1.2, 2.5];
  logits.forEach((_, truth) => near(crossEntropy(logits, truth, 0, 3), -Math.log(at(softmax(logits), truth))));
  assert.equal(crossEntropy([1000, -1000], 1, 0, 2), 2000);
  assert.equal(crossEntropy([1000, -1000], 0, 0, 2), 0);
  near(crossEntropy([99, 5, 5], 0, 1, 2), Math.log(2));
});

const logits = Float32Array.of(2, 1, 0, 0, 3, 1, 1, 0, 4, 5, 0, 0, 0, 1, 0);
const classes = Int32Array.of(0, 1, 2, 1, 1);

test('score is mean accuracy and loss', () => {
  const { accuracy, loss } = score(logits, classes);
  near(accuracy, 4 / 5);
  const losses = Array.from(classes, (truth, i) => -Math.log(at(softmax(logits, i * 3, 3), truth)));
  near(loss, losses.reduce((a, b) => a + b) / 5);
});

test('the better score is more accurate or, as accurate, of less loss', () => {
  assert.equal(isBetter({ accuracy: 0.9, loss: 2 }, { accuracy: 0.8, loss: 1 }), true);
  assert.equal(isBetter({ accuracy: 0.8, loss: 1 }, { accuracy: 0.9, loss: 2 }), false);
  assert.equal(isBetter({ accuracy: 0.8, loss: 1 }, { accuracy: 0.8, loss: 2 }), true);
  assert.equal(isBetter({ accuracy: 0.8, loss: 1 }, { accuracy: 0.8, loss: 1 }), false);
  assert.equal(isBetter({ accuracy: 0.8, loss: NaN }, { accuracy: 0.8, loss: 1 }), false);
});

test('an evaluation tells everything about every class', () => {
  const result = evaluation(logits, classes, ['a', 'b', 'c', 'unseen'].slice(0, 3));
  assert.equal(result.samples, 5);
  assert.deepEqual(result.confusion, [
    [1, 0, 0],
    [1, 2, 0],
    [0, 0, 1],
  ]);
  assert.deepEqual(result.misclassified, [3]);
  assert.deepEqual(result.perClass, [
    { label: 'a', samples: 1, accuracy: 1 },
    { label: 'b', samples: 3, accuracy: 2 / 3 },
    { label: 'c', samples: 1, accuracy: 1 },
  ]);
  assert.deepEqual({ accuracy: result.accuracy, loss: result.loss }, score(logits, classes));
});

test('a class without samples has none right', () => {
  const { perClass } = evaluation(Float32Array.of(1, 0), Int32Array.of(0), ['a', 'b']);
  assert.deepEqual(perClass[1], { label: 'b', samples: 0, accuracy: 0 });
});
