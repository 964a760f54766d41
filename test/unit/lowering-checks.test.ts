import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countParameters, lower } from '../../src/models/lowering/lower.js';
import { lenet5, miniVgg, mlp, resnet, resnet9 } from '../../src/models/zoo.js';
import type { Spec } from '../../src/types.js';

test('the networks have exactly as many parameters as published', () => {
  assert.equal(countParameters(mlp([784, 512, 256, 128, 64, 10])), 575_050);
  assert.equal(countParameters(mlp([784, 50, 10], { activation: null })), 39_760);
  assert.equal(countParameters(mlp([784, 784, 16, 10])), 628_170);
  assert.equal(countParameters(mlp([784, 10])), 7_850);
  assert.equal(countParameters(lenet5()), 61_706);
  assert.equal(countParameters(lenet5({ input: [32, 32, 3] })), 83_126);
  assert.equal(countParameters(miniVgg()), 123_502);
  assert.equal(countParameters(resnet([2, 2, 2], { input: [32, 32, 3] })), 195_738);
  assert.equal(countParameters(resnet9()), 6_573_130);
});

test('shapes follow from the spec', () => {
  assert.deepEqual(lower(lenet5({ input: [32, 32, 3] })).shapes[4], [576]);
  assert.deepEqual(lower(resnet()).shapes.at(-2), [64]);
  const { shapes } = lower(miniVgg());
  assert.deepEqual(shapes.slice(0, 3), [
    [26, 26, 16],
    [24, 24, 16],
    [12, 12, 16],
  ]);
});

test('a senseless spec is refused with a reason', () => {
  const dense = { type: 'dense', name: 'fc', units: 2 } as const;
  const refused: [unknown, RegExp][] = [
    [null, /is an object/],
    [{ name: 'x', input: [28, 28], layers: [dense] }, /spec.input/],
    [{ name: 'x', input: [2 ** 24, 2 ** 24, 1], layers: [dense] }, /too large/],
    [{ name: 'x', input: [4], layers: [] }, /spec.layers/],
    [{ name: 'x', input: [4], layers: [{ ...dense, activation: 'relu' }] }, /last layer/],
    [{ name: 'x', input: [4, 4, 1], layers: [dense] }, /flat input/],
    [{ name: 'x', input: [4], layers: [{ ...dense, units: 0 }] }, /units/],
    [{ name: 'x', input: [4], layers: [dense, dense] }, /taken/],
    [
      {
        name: 'x',
        input: [40],
        layers: [
          { ...dense, units: 1e7 },
          { ...dense, name: 'b' },
        ],
      },
      /at most/,
    ],
    [{ name: 'x', input: [4], layers: [{ type: 'lstm' }, dense] }, /unknown type "lstm"/],
    [{ name: 'x', input: [2, 2, 1], layers: [{ type: 'maxPool', size: 3 }, { type: 'flatten' }, dense] }, /no network/],
    [{ name: 'x', input: [4], layers: [{ ...dense, name: '__proto__ x' }] }, /is a name/],
  ];
  for (const [spec, message] of refused)
    assert.throws(() => lower(spec as Spec), { name: 'HandfulError', code: 'bad-argument', message });
});

test('a spec survives JSON', () => {
  const spec = resnet([1, 1], { classes: 3 });
  assert.deepEqual(lower(JSON.parse(JSON.stringify(spec)) as Spec).parameters, lower(spec).parameters);
});
