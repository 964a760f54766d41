import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFamiliarity, encodeFamiliarity, isFamiliar, judged } from '../../src/models/ood-detector.js';
import type { Familiarity } from '../../src/models/ood-detector.js';
import { decodeModel, encodeModel } from '../../src/models/files/model-file.js';
import { plan } from '../../src/models/spec.js';
import { mlp } from '../../src/models/zoo.js';
import { extendFamiliarity } from '../../src/training/familiarity.js';
import { modelOf } from '../support/specs.js';

const model = modelOf(mlp([5, 3, 2]), 1, ['a', 'b']);

/** Two units: what the last feature has beyond the first, and beyond 1. */
const familiarity: Familiarity = {
  layer: 1,
  sees: 'features',
  units: [2],
  judge: Float32Array.from([-1, 0, 0, 0, 1, 1, 0, -1, 2, 0.5, 0.25]),
  threshold: 1,
  radius: 0.125,
  learned: [],
};
const features = (...values: number[]) => Float32Array.from(values);
const nothing = new Float32Array(5); // as input
const isKnown = (known: Familiarity, row: Float32Array) => isFamiliar(known, nothing, row);
const learn = (known: Familiarity, rows: Float32Array, classes: number[]) =>
  extendFamiliarity(
    known,
    { inputs: new Float32Array(5 * classes.length), classes: Int32Array.from(classes) },
    rows,
    [],
  );

test('the judge is a perceptron', () => {
  assert.equal(judged(familiarity, features(1, 9, 4)), 2 * 3 + 0.5 * 3 + 0.25);
  assert.equal(judged(familiarity, features(9, 9, 0)), 0.25);
  const deeper = { units: [1, 2], judge: features(1, -2, 0.5, /**/ 3, -1, 1, 2, /**/ 5, 7, -1) };
  assert.equal(
    judged(deeper, features(4, -1)),
    5 * (3 * 6.5 + 1) + 7 * 0 - 1,
    'negative features count, hidden ones do not',
  );
  assert.equal(judged(deeper, features(0, 1)), 5 * 1 + 7 * 2 - 1);
});

test('what the judge refuses is familiar near to what was learned, in direction', () => {
  const strange = features(0, 0, 4);
  assert.equal(isKnown(familiarity, strange), false);
  assert.equal(isKnown(familiarity, features(4, 0, 4)), false, 'beyond 1 by 3');
  assert.equal(isKnown(familiarity, features(1, 0, 1)), true);
  const learned = learn(familiarity, features(0, 0, 4, 1, 0, 1), [1, 0]);
  assert.equal(learned.learned.length, 1, 'none for what was familiar');
  assert.equal(isKnown(learned, strange), true);
  assert.equal(isKnown(learned, features(0, 0.1, 9)), true);
  assert.equal(isKnown(learned, features(0, 4, 4)), false);
  assert.deepEqual(familiarity.learned, [], 'the one given is left as it is');
});

test('a judge can see the input, while what was learned is known by its features', () => {
  const seeing: Familiarity = { ...familiarity, sees: 'input', units: [1], judge: features(0, 0, 0, 0, 1, 0, 1, 0) };
  const [usual, odd] = [features(9, 9, 9, 9, 1), features(0, 0, 0, 0, 2)];
  assert.equal(isFamiliar(seeing, usual, features(0, 0, 9)), true);
  assert.equal(isFamiliar(seeing, odd, features(0, 0, 9)), false);
  const data = { inputs: Float32Array.from([...usual, ...odd]), classes: Int32Array.from([0, 1]) };
  const learned = extendFamiliarity(seeing, data, features(1, 0, 0, 0, 0, 4), []);
  assert.equal(learned.learned.length, 1);
  assert.equal(isFamiliar(learned, odd, features(0, 0.1, 9)), true);
  assert.equal(isFamiliar(learned, odd, features(1, 0, 0)), false);
  const taught = extendFamiliarity(seeing, data, features(1, 0, 0, 0, 0, 4), [true]);
  assert.equal(isFamiliar(taught, odd, features(1, 0, 0)), true, 'all examples of a new class count');
});

test('no example learned from is refused, however far they lie apart, nor after the file', () => {
  const rows = features(0, 0, 4, 0, 5, 5, 0.1, 9, 4, 0, -3, 9);
  const learned = learn(familiarity, rows, [0, 0, 1, 0]);
  const read = decodeFamiliarity(JSON.parse(encodeFamiliarity(learned)), plan(model.spec));
  for (let i = 0; i < rows.length; i += 3)
    for (const each of [learned, read]) assert.equal(isKnown(each, rows.subarray(i, i + 3)), true);
});

test('it lies in the metadata of the model file, the tensors stay those of PyTorch', () => {
  const learned = [{ centre: features(0, 0.5, 1), radius: 0.5 }];
  const known = { ...model, temperature: 1.5, familiarity: { ...familiarity, learned } };
  assert.deepEqual(decodeModel(encodeModel(known)), known);
  assert.deepEqual(decodeModel(encodeModel(model)), model);
});

test('what makes no sense is refused', () => {
  const good = JSON.parse(encodeFamiliarity(familiarity)) as Record<string, unknown>;
  const refused: [unknown, RegExp][] = [
    [null, /an object; got null/],
    [{ ...good, layer: 0 }, /a layer from 1 to 1; got 0/],
    [{ ...good, layer: 2 }, /a layer from 1 to 1/],
    [{ ...good, sees: 'all' }, /sees 'features' or 'input'; got "all"/],
    [{ ...good, sees: 'input' }, /a judge of 5 inputs/],
    [{ ...good, units: 2 }, /the widths of a judge; got 2/],
    [{ ...good, units: [] }, /the widths of a judge/],
    [{ ...good, units: [2, -1] }, /the widths of a judge/],
    [{ ...good, units: [1e15, 1e15] }, /a judge of 3 features/],
    [{ ...good, layer: '__proto__' }, /a layer/],
    [{ ...good, threshold: null }, /a finite threshold/],
    [{ ...good, radius: -1 }, /a radius/],
    [{ ...good, judge: 7 }, /a judge of 3 features/],
    [{ ...good, judge: '' }, /a judge/],
    [{ ...good, judge: '*' }, /a judge/],
    [{ ...good, judge: btoa('odd') }, /a judge/],
    [{ ...good, judge: btoa('\0|'.repeat(11)) }, /a judge/], // infinity
    [{ ...good, judge: btoa('\0'.repeat(20)) }, /a judge/],
    [{ ...good, learned: {} }, /regions/],
    [{ ...good, learned: new Array(2000).fill(null) }, /at most 1024 regions/],
    [{ ...good, learned: [null] }, /centres of 3 features/],
    [{ ...good, learned: [{ centre: btoa('\0'.repeat(6)), radius: '1' }] }, /a radius/],
  ];
  for (const [value, message] of refused)
    assert.throws(() => decodeFamiliarity(value, plan(model.spec)), { code: 'bad-model', message }, String(message));
});
