import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../src/common/random.js';
import { decodeStatistics, encodeStatistics } from '../../src/models/class-statistics.js';
import type { ClassStatistics } from '../../src/models/class-statistics.js';
import { decodeModel, encodeModel } from '../../src/models/files/model-file.js';
import { lower } from '../../src/models/lowering/lower.js';
import { mlp } from '../../src/models/zoo.js';
import { classStatistics } from '../../src/training/classes/class-statistics.js';
import { replayFeatures } from '../../src/training/classes/feature-replay.js';
import { compensateDrift } from '../../src/training/classes/mean-drift.js';
import { at } from '../support/lists.js';
import { examples } from '../support/two-classes.js';
import { modelOf } from '../support/specs.js';

test('replayed features have the means and the covariance of what was seen', () => {
  const { features, classes } = examples();
  const found = classStatistics(features, classes, 2)!;
  const drawn = replayFeatures(found, found.means[1]!, 4000, random(2));
  const column = (from: number) => Array.from({ length: 4000 }, (_, i) => at(drawn, 2 * i + from));
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  const [x, y] = [column(0), column(1)];
  const covariance = (a: number[], b: number[]) => mean(a.map((value, i) => (value - mean(a)) * (at(b, i) - mean(b))));
  for (const [found, expected] of [
    [mean(x), 8],
    [mean(y), 5],
    [covariance(x, x), 1],
    [covariance(x, y), 1],
    [covariance(y, y), 1.25],
  ] as const)
    assert.ok(Math.abs(found - expected) < 0.12, `${found}, expected ${expected}`);
});

test('behind a ReLU nothing less than 0 is replayed, and of too many features there are no statistics', () => {
  const relu = classStatistics(Float32Array.from([0, 4, 0, 0, 2, 0, 0, 6]), Int32Array.from([0, 0, 1, 1]), 3)!;
  assert.equal(relu.means[2], undefined);
  assert.ok(replayFeatures(relu, relu.means[0]!, 100, random(1)).every((feature) => feature >= 0));
  assert.equal(classStatistics(new Float32Array(2 * 257), Int32Array.from([0, 1]), 2), undefined);
});

const model = modelOf(mlp([5, 3, 2]), 1, ['a', 'b']);
const statistics: ClassStatistics = {
  means: [Float32Array.from([1, 2, 3]), undefined],
  covarianceFactor: Float32Array.from([1, 0, 1, 0.5, 0, 1]),
  minimum: 0,
};

test('they lie in the metadata of the model file', () => {
  for (const known of [
    { ...model, classStatistics: statistics },
    { ...model, classStatistics: { ...statistics, minimum: -Infinity } },
  ])
    assert.deepEqual(decodeModel(encodeModel(known)), known);
});

test('of a network of one layer they are those of its inputs; what float16 does not hold stays out of the file', () => {
  const flat = modelOf(mlp([3, 2]), 1, ['a', 'b']);
  const known = { ...flat, classStatistics: statistics };
  assert.deepEqual(decodeModel(encodeModel(known)), known);
  const huge = { ...statistics, means: [Float32Array.from([1, 2, 1e6]), undefined] };
  assert.deepEqual(decodeModel(encodeModel({ ...flat, classStatistics: huge })), flat);
});

test('no file has statistics of more features than are worth it', () => {
  const wide = lower(mlp([300, 2]));
  assert.throws(() => decodeStatistics({ means: [null, null], spread: '', least: 0 }, wide), { code: 'bad-model' });
});

test('means move as the samples of their classes have', () => {
  const [a, b] = [Float32Array.from([1, 1, 1]), Float32Array.from([2, 1, 0])];
  const { means } = compensateDrift({ ...statistics, means: [statistics.means[0], a] }, [a, undefined], [b, b]);
  assert.deepEqual(means, [Float32Array.from([2, 2, 2]), a]);
});

test('what makes no sense is refused', () => {
  const good = JSON.parse(encodeStatistics(statistics)!) as Record<string, unknown>;
  const short = JSON.parse(
    encodeStatistics({ ...statistics, covarianceFactor: statistics.covarianceFactor.slice(1) })!,
  ) as { spread: string };
  const refused: [unknown, RegExp][] = [
    [null, /an object; got null/],
    [{ ...good, means: 3 }, /means of 2 classes; got 3/],
    [{ ...good, means: [null] }, /means of 2 classes/],
    [{ ...good, means: ['AAAA', null] }, /means of 3 features; got "AAAA"/],
    [{ ...good, means: ['%', null] }, /means of 3 features/],
    [{ ...good, spread: short.spread }, /a covariance of 3 features, 6 numbers; got 5/],
    [{ ...good, spread: [1] }, /a covariance of 3 features, 6 numbers; got \[1\]/],
    [{ ...good, least: 1e300 }, /a finite minimum/],
    [{ ...good, least: 'x' }, /a finite minimum; got "x"/],
    [{ ...good, least: '5' }, /a finite minimum; got "5"/],
    [{ ...good, least: [] }, /a finite minimum; got \[\]/],
  ];
  for (const [value, message] of refused)
    assert.throws(() => decodeStatistics(value, lower(model.spec)), { code: 'bad-model', message });
});
