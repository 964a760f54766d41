import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sizeOf } from '../../src/common/shapes.js';
import { initialise } from '../../src/models/initialise.js';
import { lower } from '../../src/models/lowering/lower.js';
import { lenet5, mlp, resnet } from '../../src/models/zoo.js';

test("weights are uniform within ±1/sqrt(fan-in), as PyTorch's defaults", () => {
  const architecture = lower(lenet5());
  const fanIn = new Map(Object.entries({ conv1: 25, conv2: 150, fc1: 400, fc2: 120, fc3: 84 }));
  for (const [name, { shape, data }] of initialise(architecture, 3)) {
    const bound = 1 / Math.sqrt(fanIn.get(name.replace(/\..*/, '')) ?? NaN);
    const least = data.reduce((a, b) => Math.min(a, b));
    const most = data.reduce((a, b) => Math.max(a, b));
    assert.equal(data.length, sizeOf(shape));
    assert.ok(least >= -bound * 1.000001 && most <= bound * 1.000001, name);
    if (data.length < 1000) continue;
    const mean = data.reduce((a, b) => a + b) / data.length;
    const variance = data.reduce((sum, value) => sum + value * value, 0) / data.length;
    assert.ok(Math.abs(mean) < 0.06 * bound, `${name}: mean ${mean}`);
    assert.ok(Math.abs(variance / (bound ** 2 / 3) - 1) < 0.08, `${name}: variance ${variance}`);
    assert.ok(most > 0.98 * bound && least < -0.98 * bound, name);
  }
});

test('batch norm begins as the identity', () => {
  const weights = initialise(lower(resnet([1, 1])), 0);
  const all = (suffix: string) => [...weights].filter(([name]) => /(^|\.)bn\d?\./.test(name) && name.endsWith(suffix));
  assert.ok(all('weight').length > 3);
  const areAll = (value: number, suffix: string) =>
    all(suffix).forEach(([name, { data }]) => assert.deepEqual(new Set(data), new Set([value]), name));
  areAll(1, 'weight');
  areAll(1, 'running_var');
  areAll(0, 'bias');
  areAll(0, 'running_mean');
});

test('the same seed gives the same weights, another gives others', () => {
  const architecture = lower(mlp([20, 10, 5]));
  assert.deepEqual(initialise(architecture, 4), initialise(architecture, 4));
  assert.notDeepEqual(initialise(architecture, 4), initialise(architecture, 5));
  assert.deepEqual(
    [...initialise(architecture, 4).keys()],
    architecture.parameters.map(({ name }) => name),
  );
});
