import assert from 'node:assert/strict';
import { test } from 'node:test';
import { segment } from '../../src/backends/operations.js';
import { costOf } from '../../src/backends/schedule/cost.js';
import { lifetimes } from '../../src/backends/schedule/lifetimes.js';
import { scheduleGradients, scheduleInference, scheduleTraining } from '../../src/backends/schedule/record.js';
import { accesses } from '../../src/backends/schedule/steps.js';
import type { Schedule, Step } from '../../src/backends/schedule/steps.js';
import { lower } from '../../src/models/lowering/lower.js';
import { lenet5, mlp, resnet } from '../../src/models/zoo.js';
import type { Spec } from '../../src/types.js';
import { draws } from '../support/draws.js';
import { randomSpec } from '../support/specs.js';

const whole = (spec: Parameters<typeof lower>[0], from = 0) => segment(lower(spec), from);
const passes = (steps: readonly Step[]) =>
  steps.map((step) =>
    'operation' in step && 'name' in step.operation ? `${step.pass} ${step.operation.name}` : step.pass,
  );

test('LeNet-5 learns in 14 steps, and the first layer’s input has no gradient', () => {
  const { steps } = scheduleTraining(whole(lenet5()), 'crossEntropy');
  const layers = ['conv1', 'conv2', 'fc1', 'fc2', 'fc3'];
  assert.deepEqual(passes(steps), [
    ...layers.map((name) => `forward ${name}`),
    'loss',
    ...[
      'gradient fc3',
      'weightGradient fc3',
      'gradient fc2',
      'weightGradient fc2',
      'gradient fc1',
      'weightGradient fc1',
    ],
    ...['weightGradient conv2', 'gradient conv2', 'weightGradient conv1'],
    'update',
  ]);
});

test('only the layers that learn have gradients', () => {
  const { steps } = scheduleTraining(whole(lenet5(), 6), 'crossEntropy'); // fc2 and fc3
  assert.deepEqual(passes(steps), [
    ...['forward fc2', 'forward fc3', 'loss', 'gradient fc3', 'weightGradient fc3', 'weightGradient fc2', 'update'],
  ]);
});

test('gradients of what two branches read are summed, and masked once', () => {
  const { steps } = scheduleTraining(whole(resnet([1], { input: [8, 8, 3] })), 'crossEntropy');
  const sums = steps.filter((step) => step.pass === 'sum');
  assert.equal(sums.length, 1);
  assert.equal(steps.filter((step) => step.pass === 'mask').length, 0);
  const ofShortcut = steps.find((step) => step.pass === 'gradient' && step.daddend);
  assert.ok(
    ofShortcut?.pass === 'gradient' && ofShortcut.daddend && [sums[0]?.a, sums[0]?.b].includes(ofShortcut.daddend),
  );
});

test('where what is shared came out of a ReLU, the sum is masked and its parts are not', () => {
  const conv = (name: string) => ({ type: 'conv2d', name, filters: 2, kernel: 3, padding: 1 }) as const;
  const spec: Spec = {
    name: 'test',
    input: [6, 6, 1],
    layers: [
      { ...conv('a'), activation: 'relu' },
      { type: 'residual', body: [{ ...conv('b'), activation: 'relu' }] },
      { type: 'flatten' },
      { type: 'dense', name: 'head', units: 2 },
    ],
  };
  const { steps } = scheduleTraining(whole(spec), 'crossEntropy');
  const outputOf = (name: string) =>
    steps.flatMap((step) => (step.pass === 'forward' && step.operation.name === name ? [step.y] : []))[0];
  const [sum] = steps.filter((step) => step.pass === 'sum');
  assert.ok(sum && sum.target.mask === outputOf('a'));
  const [mask, ...more] = steps.filter((step) => step.pass === 'mask');
  assert.ok(mask && mask.by === outputOf('b') && more.length === 0); // of the branch, which nobody shares
  const ofBranch = steps.find((step) => step.pass === 'gradient' && step.operation.name === 'b');
  assert.ok(ofBranch?.pass === 'gradient' && ofBranch.dx && ofBranch.dx.mask === undefined);
});

test('nothing is read before it is written, and every buffer has a life', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const part = whole(randomSpec(draws(seed)));
    for (const schedule of [
      scheduleInference(part),
      scheduleTraining(part, 'crossEntropy'),
      scheduleTraining(part, 'squaredError'),
      scheduleGradients(part),
    ])
      checkOrder(schedule, `seed ${seed}`);
  }
});

function checkOrder(schedule: Schedule<'x', 'y'>, what: string): void {
  const written = new Set(Object.values(schedule.inputs));
  const lives = lifetimes(schedule);
  for (const [i, step] of schedule.steps.entries()) {
    const { reads, writes } = accesses(step);
    for (const buffer of reads) assert.ok(written.has(buffer), `${what}: step ${i} reads ${buffer.name}`);
    for (const buffer of writes) {
      assert.ok(!written.has(buffer), `${what}: step ${i} writes ${buffer.name} again`);
      written.add(buffer);
    }
    for (const buffer of [...reads, ...writes]) {
      const life = lives.get(buffer);
      assert.ok(life && life.first <= i && i <= life.last, `${what}: ${buffer.name} at step ${i}`);
    }
  }
  for (const buffer of Object.values(schedule.outputs)) {
    assert.ok(written.has(buffer), `${what}: nothing writes the result ${buffer.name}`);
    assert.equal(lives.get(buffer)?.last, schedule.steps.length);
  }
}

test('inference needs no more than two values of a perceptron at a time', () => {
  const schedule = scheduleInference(whole(mlp([6, 5, 4, 3, 2])));
  const lives = [...lifetimes(schedule).values()];
  for (let step = 0; step < schedule.steps.length; step++)
    assert.equal(lives.filter(({ first, last }) => first <= step && step <= last).length, 2);
});

test('costs are those of the textbook', () => {
  const { steps } = scheduleTraining(whole(mlp([6, 5, 3])), 'crossEntropy');
  const flops = steps.map((step) => costOf(step, 4).flops);
  const [first, second] = [2 * 4 * 6 * 5, 2 * 4 * 5 * 3];
  assert.deepEqual(flops, [first, second, 4 * 3, second, second, first, 0]);
});

test('dropout is a step of training alone', () => {
  const spec: Spec = {
    name: 'test',
    input: [4],
    layers: [
      { type: 'dense', name: 'a', units: 3, activation: 'relu' },
      { type: 'dropout', rate: 0.5 },
      { type: 'dense', name: 'b', units: 2 },
    ],
  };
  assert.deepEqual(passes(scheduleInference(whole(spec)).steps), ['forward a', 'forward b']);
  const training = passes(scheduleTraining(whole(spec), 'crossEntropy').steps);
  assert.deepEqual(
    training.filter((pass) => pass.includes('dropout')),
    ['forward dropout 1', 'gradient dropout 1'],
  );
  assert.ok(!passes(scheduleTraining(whole(spec, 1), 'crossEntropy').steps).includes('gradient dropout 1'));
});
