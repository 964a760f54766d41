import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fasterWay } from '../../src/backends/wasm/engine/threads/faster-way.js';
import { batchOf } from '../../src/backends/wasm/engine/inference.js';
import { lower } from '../../src/models/lowering/lower.js';
import { lenet5, mlp, resnet, resnet9 } from '../../src/models/zoo.js';

/** Two ways that take as long as they are told, on a clock of their own. */
function race(...times: [number, number]) {
  let now = 0;
  const runs = [0, 0];
  const ways = [0, 1].map((way) => () => {
    now += times[way] ?? 0;
    runs[way] = (runs[way] ?? 0) + 1;
  }) as [() => void, () => void];
  const run = fasterWay(ways, () => now);
  const after = (count: number) => {
    runs.fill(0);
    for (let i = 0; i < count; i++) run();
    return [...runs];
  };
  return { times, after };
}

test('of two ways the faster one is taken after a trial of each', () => {
  for (const times of [
    [1, 5],
    [5, 1],
  ] as [number, number][]) {
    const { after } = race(...times);
    const [first = 0, second = 0] = after(40);
    const slower = times[0] < times[1] ? second : first;
    assert.equal(slower, 3, `${times}: the slower way ran ${slower} times`);
  }
});

test('a way that has become faster is found again', () => {
  const { times, after } = race(1, 5);
  after(40);
  times[0] = 20; // other programs keep the cores busy
  after(70);
  assert.ok(Number(after(60)[0]) <= 3); // but for its next trial
  times[0] = 1;
  after(130);
  assert.ok(Number(after(60)[1]) <= 3);
});

test('the slower way is tried again seldom', () => {
  const { after } = race(1, 5);
  const [, slower = 0] = after(1000);
  assert.ok(slower < 1000 * 0.06, `${slower} runs of the slower way`);
});

test('so many examples at once that the widest layer stays in the cache', () => {
  assert.equal(batchOf(lower(mlp([784, 512, 10]))), 64);
  assert.equal(batchOf(lower(lenet5())), 24);
  assert.equal(batchOf(lower(resnet([2, 2, 2], { input: [32, 32, 3] }))), 8);
  assert.equal(batchOf(lower(resnet9())), 4);
});
