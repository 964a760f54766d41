import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeDetector, encodeDetector, isInDistribution, oodScore } from '../../src/models/ood-detector.js';
import type { OodDetector } from '../../src/models/ood-detector.js';
import { decodeModel, encodeModel } from '../../src/models/files/model-file.js';
import { lower } from '../../src/models/lowering/lower.js';
import { mlp } from '../../src/models/zoo.js';
import { extendDetector } from '../../src/training/confidence/ood-detector.js';
import { modelOf } from '../support/specs.js';

const model = modelOf(mlp([5, 3, 2]), 1, ['a', 'b']);

/** Two units: what the last feature has beyond the first, and beyond 1. */
const detector: OodDetector = {
  layer: 1,
  takes: 'features',
  units: [2],
  weights: Float32Array.from([-1, 0, 0, 0, 1, 1, 0, -1, 2, 0.5, 0.25]),
  threshold: 1,
  radius: 0.125,
  regions: [],
};
const features = (...values: number[]) => Float32Array.from(values);
const nothing = new Float32Array(5); // as input
const isKnown = (known: OodDetector, row: Float32Array) => isInDistribution(known, nothing, row);
const learn = (known: OodDetector, rows: Float32Array, classes: number[]) =>
  extendDetector(known, { inputs: new Float32Array(5 * classes.length), classes: Int32Array.from(classes) }, rows, []);

test('the score is a perceptron’s answer', () => {
  assert.equal(oodScore(detector, features(1, 9, 4)), 2 * 3 + 0.5 * 3 + 0.25);
  assert.equal(oodScore(detector, features(9, 9, 0)), 0.25);
  const deeper = { units: [1, 2], weights: features(1, -2, 0.5, /**/ 3, -1, 1, 2, /**/ 5, 7, -1) };
  assert.equal(
    oodScore(deeper, features(4, -1)),
    5 * (3 * 6.5 + 1) + 7 * 0 - 1,
    'negative features count, hidden ones do not',
  );
  assert.equal(oodScore(deeper, features(0, 1)), 5 * 1 + 7 * 2 - 1);
});

test('what scores too high is in distribution near to what was learned, in direction', () => {
  const strange = features(0, 0, 4);
  assert.equal(isKnown(detector, strange), false);
  assert.equal(isKnown(detector, features(4, 0, 4)), false, 'beyond 1 by 3');
  assert.equal(isKnown(detector, features(1, 0, 1)), true);
  const learned = learn(detector, features(0, 0, 4, 1, 0, 1), [1, 0]);
  assert.equal(learned.regions.length, 1, 'none for what was in distribution');
  assert.equal(isKnown(learned, strange), true);
  assert.equal(isKnown(learned, features(0, 0.1, 9)), true);
  assert.equal(isKnown(learned, features(0, 4, 4)), false);
  assert.deepEqual(detector.regions, [], 'the one given is left as it is');
});

test('the perceptron can take the input, while what was learned is known by its features', () => {
  const seeing: OodDetector = { ...detector, takes: 'input', units: [1], weights: features(0, 0, 0, 0, 1, 0, 1, 0) };
  const [usual, odd] = [features(9, 9, 9, 9, 1), features(0, 0, 0, 0, 2)];
  assert.equal(isInDistribution(seeing, usual, features(0, 0, 9)), true);
  assert.equal(isInDistribution(seeing, odd, features(0, 0, 9)), false);
  const data = { inputs: Float32Array.from([...usual, ...odd]), classes: Int32Array.from([0, 1]) };
  const learned = extendDetector(seeing, data, features(1, 0, 0, 0, 0, 4), []);
  assert.equal(learned.regions.length, 1);
  assert.equal(isInDistribution(learned, odd, features(0, 0.1, 9)), true);
  assert.equal(isInDistribution(learned, odd, features(1, 0, 0)), false);
  const taught = extendDetector(seeing, data, features(1, 0, 0, 0, 0, 4), [true]);
  assert.equal(isInDistribution(taught, odd, features(1, 0, 0)), true, 'all examples of a new class count');
});

test('no example learned from is refused, however far they lie apart, nor after the file', () => {
  const rows = features(0, 0, 4, 0, 5, 5, 0.1, 9, 4, 0, -3, 9);
  const learned = learn(detector, rows, [0, 0, 1, 0]);
  const read = decodeDetector(JSON.parse(encodeDetector(learned)), lower(model.spec));
  for (let i = 0; i < rows.length; i += 3)
    for (const each of [learned, read]) assert.equal(isKnown(each, rows.subarray(i, i + 3)), true);
});

test('it lies in the metadata of the model file, the tensors stay those of PyTorch', () => {
  const regions = [{ centre: features(0, 0.5, 1), radius: 0.5 }];
  const known = { ...model, temperature: 1.5, detector: { ...detector, regions } };
  assert.deepEqual(decodeModel(encodeModel(known)), known);
  assert.deepEqual(decodeModel(encodeModel(model)), model);
});

test('what makes no sense is refused', () => {
  const good = JSON.parse(encodeDetector(detector)) as Record<string, unknown>;
  const refused: [unknown, RegExp][] = [
    [null, /an object; got null/],
    [{ ...good, layer: 0 }, /a layer from 1 to 1; got 0/],
    [{ ...good, layer: 2 }, /a layer from 1 to 1/],
    [{ ...good, sees: 'all' }, /'features' or 'input' to take; got "all"/],
    [{ ...good, sees: 'input' }, /weights for 5 inputs/],
    [{ ...good, units: 2 }, /widths of hidden layers; got 2/],
    [{ ...good, units: [] }, /widths of hidden layers/],
    [{ ...good, units: [2, -1] }, /widths of hidden layers/],
    [{ ...good, units: [1e15, 1e15] }, /weights for 3 features/],
    [{ ...good, layer: '__proto__' }, /a layer/],
    [{ ...good, threshold: null }, /a finite threshold/],
    [{ ...good, radius: -1 }, /a radius/],
    [{ ...good, judge: 7 }, /weights for 3 features/],
    [{ ...good, judge: '' }, /weights for 3 features/],
    [{ ...good, judge: '*' }, /weights for 3 features/],
    [{ ...good, judge: btoa('odd') }, /weights for 3 features/],
    [{ ...good, judge: btoa('\0|'.repeat(11)) }, /weights for 3 features/], // infinity
    [{ ...good, judge: btoa('\0'.repeat(20)) }, /weights for 3 features/],
    [{ ...good, learned: {} }, /regions/],
    [{ ...good, learned: new Array(2000).fill(null) }, /at most 1024 regions/],
    [{ ...good, learned: [null] }, /centres of 3 features/],
    [{ ...good, learned: [{ centre: btoa('\0'.repeat(6)), radius: '1' }] }, /a radius/],
  ];
  for (const [value, message] of refused)
    assert.throws(() => decodeDetector(value, lower(model.spec)), { code: 'bad-model', message }, String(message));
});
