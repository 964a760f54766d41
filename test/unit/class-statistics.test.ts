import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMemory, encodeMemory, recall } from '../../src/models/class-statistics.js';
import type { Memory } from '../../src/models/class-statistics.js';
import { decodeModel, encodeModel } from '../../src/models/files/model-file.js';
import { normal, random } from '../../src/common/random.js';
import { plan } from '../../src/models/spec.js';
import { mlp } from '../../src/models/zoo.js';
import { cholesky, solve } from '../../src/training/cholesky.js';
import { fitColumns } from '../../src/training/columns.js';
import { remember } from '../../src/training/memory.js';
import { drifted } from '../../src/training/newclasses.js';
import { modelOf } from '../support/specs.js';

test('a factor times its transpose is the matrix, and solves with it', () => {
  const matrix = Float64Array.from([4, 0, 0, 2, 10, 0, -2, 5, 9]); // its lower triangle
  const lower = cholesky(matrix, 3);
  assert.deepEqual([...lower].map((value) => Number(value.toFixed(9))), [2, 1, 3, -1, 2, 2]); // prettier-ignore
  const x = solve(lower, Float64Array.from([4 + 4 - 6, 2 + 20 + 15, -2 + 10 + 27])); // of [1, 2, 3]
  [1, 2, 3].forEach((value, i) => assert.ok(Math.abs(x[i] - value) < 1e-9));
});

/** 2,000 examples of two classes: [a, a + b / 2] about a mean, with a and b normal. */
function examples() {
  const next = random(1);
  const classes = Int32Array.from({ length: 2000 }, (_, i) => i % 2);
  const features = Float32Array.from(
    [...classes].flatMap((label) => {
      const [a, b] = [normal(next), normal(next)];
      return [5 + 3 * label + a, 5 + a + b / 2];
    }),
  );
  return { features, classes };
}

test('what is recalled has the means and the covariance of what was seen', () => {
  const { features, classes } = examples();
  const memory = remember(features, classes, 2)!;
  const drawn = recall(memory, memory.means[1]!, 4000, random(2));
  const column = (at: number) => Array.from({ length: 4000 }, (_, i) => drawn[2 * i + at]);
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  const [x, y] = [column(0), column(1)];
  const covariance = (a: number[], b: number[]) => mean(a.map((value, i) => (value - mean(a)) * (b[i] - mean(b))));
  for (const [found, expected] of [
    [mean(x), 8],
    [mean(y), 5],
    [covariance(x, x), 1],
    [covariance(x, y), 1],
    [covariance(y, y), 1.25],
  ])
    assert.ok(Math.abs(found - expected) < 0.12, `${found}, expected ${expected}`);
});

test('behind a ReLU nothing less than 0 is recalled, and of too many features nothing is remembered', () => {
  const relu = remember(Float32Array.from([0, 4, 0, 0, 2, 0, 0, 6]), Int32Array.from([0, 0, 1, 1]), 3)!;
  assert.equal(relu.means[2], undefined);
  assert.ok(recall(relu, relu.means[0]!, 100, random(1)).every((feature) => feature >= 0));
  assert.equal(remember(new Float32Array(2 * 257), Int32Array.from([0, 1]), 2), undefined);
});

test('a new class gets a column between those that are known, which stay as they are', async () => {
  const { features, classes } = examples();
  const newFeatures = Float32Array.from(features, (value, i) => (i % 2 ? value - 6 : value)); // the same, farther down
  const all = Float32Array.from([...features, ...newFeatures]);
  const truth = Int32Array.from([...classes, ...classes.map(() => 2)]);
  const weights = new Map([
    ['fc.weight', { shape: [2, 3], data: Float32Array.from([0, 1, 7, 0, 0, 7]) }], // the known ones part at x = 6.5
    ['fc.bias', { shape: [3], data: Float32Array.from([0, -6.5, 7]) }],
  ]);
  await fitColumns(weights, 'fc', all, truth, [false, false, true]);
  const { data: w } = weights.get('fc.weight')!;
  const { data: b } = weights.get('fc.bias')!;
  assert.deepEqual([w[0], w[1], w[3], w[4], b[0], b[1]], [0, 1, 0, 0, 0, -6.5]);
  const answer = (x: number, y: number) => {
    const logits = [0, 1, 2].map((at) => x * w[at] + y * w[3 + at] + b[at]);
    return logits.indexOf(Math.max(...logits));
  };
  let right = 0;
  truth.forEach((label, i) => (right += Number((label === 2) === (answer(all[2 * i], all[2 * i + 1]) === 2))));
  assert.ok(right >= 0.98 * truth.length, `${right} of ${truth.length}`);
  assert.equal(answer(8, 7), 1);
});

test('an abort leaves the columns as they were', async () => {
  const { features, classes } = examples();
  const data = Float32Array.from([1, 2, 3, 4]);
  const weights = new Map([
    ['fc.weight', { shape: [2, 2], data }],
    ['fc.bias', { shape: [2], data: new Float32Array(2) }],
  ]);
  const aborted = AbortSignal.abort();
  await assert.rejects(fitColumns(weights, 'fc', features, classes, [false, true], aborted), { code: 'aborted' });
  assert.deepEqual([...data], [1, 2, 3, 4]);
});

const model = modelOf(mlp([5, 3, 2]), 1, ['a', 'b']);
const memory: Memory = {
  means: [Float32Array.from([1, 2, 3]), undefined],
  spread: Float32Array.from([1, 0, 1, 0.5, 0, 1]),
  least: 0,
};

test('it lies in the metadata of the model file', () => {
  for (const known of [
    { ...model, memory },
    { ...model, memory: { ...memory, least: -Infinity } },
  ])
    assert.deepEqual(decodeModel(encodeModel(known)), known);
});

test('a network of one layer remembers its inputs; what float16 does not hold stays out of the file', () => {
  const flat = modelOf(mlp([3, 2]), 1, ['a', 'b']);
  const known = { ...flat, memory };
  assert.deepEqual(decodeModel(encodeModel(known)), known);
  const huge = { ...memory, means: [Float32Array.from([1, 2, 1e6]), undefined] };
  assert.deepEqual(decodeModel(encodeModel({ ...flat, memory: huge })), flat);
});

test('no file makes a memory of more features than are worth it', () => {
  const wide = plan(mlp([300, 2]));
  assert.throws(() => decodeMemory({ means: [null, null], spread: '', least: 0 }, wide), { code: 'bad-model' });
});

test('a memory moves as the samples of its classes have', () => {
  const [a, b] = [Float32Array.from([1, 1, 1]), Float32Array.from([2, 1, 0])];
  const { means } = drifted({ ...memory, means: [memory.means[0], a] }, [a, undefined], [b, b]);
  assert.deepEqual(means, [Float32Array.from([2, 2, 2]), a]);
});

test('what makes no sense is refused', () => {
  const good = JSON.parse(encodeMemory(memory)!) as Record<string, unknown>;
  const short = JSON.parse(encodeMemory({ ...memory, spread: memory.spread.slice(1) })!) as { spread: string };
  const refused: [unknown, RegExp][] = [
    [null, /an object; got null/],
    [{ ...good, means: 3 }, /means of 2 classes; got 3/],
    [{ ...good, means: [null] }, /means of 2 classes/],
    [{ ...good, means: ['AAAA', null] }, /means of 3 features; got "AAAA"/],
    [{ ...good, means: ['%', null] }, /means of 3 features/],
    [{ ...good, spread: short.spread }, /the spread of 3 features, 6 numbers; got 5/],
    [{ ...good, spread: [1] }, /the spread of 3 features, 6 numbers; got \[1\]/],
    [{ ...good, least: 1e300 }, /a least feature/],
    [{ ...good, least: 'x' }, /a least feature; got "x"/],
    [{ ...good, least: '5' }, /a least feature; got "5"/],
    [{ ...good, least: [] }, /a least feature; got \[\]/],
  ];
  for (const [value, message] of refused)
    assert.throws(() => decodeMemory(value, plan(model.spec)), { code: 'bad-model', message });
});
