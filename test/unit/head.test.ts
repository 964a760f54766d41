import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialise } from '../../src/models/initialise.js';
import { lower } from '../../src/models/lowering/lower.js';
import { mlp } from '../../src/models/zoo.js';
import { headChange, targetLabels, withLabels } from '../../src/training/classes/head.js';
import { modelOf } from '../support/specs.js';

const model = modelOf(mlp([5, 4, 3]), 1, ['a', 'b', 'c']);
const [weight, bias] = ['linears.1.weight', 'linears.1.bias'];
const column = (from: typeof model, label: string) => {
  const [, width = 0] = from.weights.get(weight)!.shape;
  const place = from.labels.indexOf(label);
  const values = from.weights.get(weight)!.data.filter((_, i) => i % width === place);
  return [...values, from.weights.get(bias)!.data[place]];
};

test('which classes follow from the samples', () => {
  const known = ['a', 'b', 'c'];
  assert.deepEqual(targetLabels(known, ['b', 'a']), known);
  assert.deepEqual(targetLabels(known, []), known);
  assert.deepEqual(targetLabels(known, ['b', 'x', 'x', 'y']), ['a', 'b', 'c', 'x', 'y']);
  assert.deepEqual(targetLabels(known, ['x']), ['a', 'b', 'c', 'x'], 'a single class would tell nothing');
  assert.deepEqual(targetLabels(known, ['y', 'x', 'y']), ['y', 'x']);
});

test('the same labels keep the head, as a copy', () => {
  const same = withLabels(model, ['a', 'b', 'c'], 0);
  assert.equal(headChange(model.labels, same.labels), 'kept');
  assert.deepEqual(same, model);
  same.weights.get(weight)!.data.fill(9);
  assert.notEqual(model.weights.get(weight)!.data[0], 9);
});

test('a wider head begins with the weights of the classes it knew; new ones are as untrained', () => {
  const wide = withLabels(model, ['a', 'b', 'c', 'x'], 7);
  assert.equal(headChange(model.labels, wide.labels), 'extended');
  assert.deepEqual(wide.labels, ['a', 'b', 'c', 'x']);
  assert.deepEqual(wide.weights.get(weight)!.shape, [4, 4]);
  for (const label of model.labels) assert.deepEqual(column(wide, label), column(model, label));
  const fresh = { ...wide, weights: initialise(lower(wide.spec), 7) };
  assert.deepEqual(column(wide, 'x'), column(fresh, 'x'));
  assert.deepEqual(wide.weights.get('linears.0.weight'), model.weights.get('linears.0.weight'));
  assert.deepEqual(lower(model.spec).classes, 3, 'the given spec is left alone');
});

test('other labels replace the head; one that stays keeps its weights wherever it goes', () => {
  const other = withLabels(model, ['x', 'c'], 0);
  assert.equal(headChange(model.labels, other.labels), 'replaced');
  assert.deepEqual(column(other, 'c'), column(model, 'c'));
  const turned = withLabels(model, ['c', 'b', 'a'], 0);
  for (const label of model.labels) assert.deepEqual(column(turned, label), column(model, label));
  assert.equal(headChange(model.labels, ['x', 'y']), 'replaced');
  assert.equal(headChange(model.labels, ['c', 'a']), 'kept', 'fewer of those known are no new head');
});

test('a head without bias changes too', () => {
  const spec = mlp([5, 4, 3]);
  const plain = { ...spec, layers: [spec.layers[0], { ...spec.layers[1], bias: false }] } as typeof spec;
  const wide = withLabels(modelOf(plain, 1, ['a', 'b', 'c']), ['a', 'b', 'c', 'd'], 0);
  assert.deepEqual([...wide.weights.keys()], ['linears.0.weight', 'linears.0.bias', weight]);
  assert.deepEqual(wide.weights.get(weight)!.shape, [4, 4]);
});

test('labels that are none or repeat are refused', () => {
  for (const labels of [[], ['a', 'a']])
    assert.throws(() => targetLabels(model.labels, ['a'], labels), {
      name: 'HandfulError',
      code: 'bad-argument',
      message: /Labels/,
    });
});
