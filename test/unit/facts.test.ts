// From a model and samples to the facts and the plan, before any network computes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../src/models/model.js';
import { mlp } from '../../src/models/zoo.js';
import { prepare } from '../../src/training/plans/context.js';
import type { Context } from '../../src/training/plans/context.js';
import { decide } from '../../src/training/plans/decide.js';
import type { FineTuningPlan } from '../../src/training/plans/decide.js';
import type { Facts } from '../../src/training/plans/facts.js';
import type { FineTuneTask, TuneOptions } from '../../src/training/plans/task.js';
import { modelOf, tinyNet } from '../support/specs.js';

const known: Model = {
  ...modelOf(mlp([5, 4, 3]), 1, ['a', 'b', 'c']),
  classStatistics: {
    means: ['a', 'b', 'c'].map(() => new Float32Array(4)),
    covarianceFactor: new Float32Array(10),
    minimum: 0,
  },
};
const plain: Model = { ...known, classStatistics: undefined };
const fresh: Model = { ...plain, fresh: true };
const waiting: Model = {
  ...modelOf(mlp([5, 4, 4]), 1, ['a', 'x', 'b', 'c']),
  untaught: ['x'],
  classStatistics: {
    means: ['a', 'x', 'b', 'c'].map((label) => (label === 'x' ? undefined : new Float32Array(4))),
    covarianceFactor: new Float32Array(10),
    minimum: 0,
  },
};

/** @param labels One letter a sample. @param validation The same, of samples to validate on. */
function prepared(model: Model, labels: string, options: TuneOptions = {}, validation?: string): Context {
  const length = model.spec.input.reduce((a, b) => a * b);
  const samples = (letters: string) => ({ inputs: new Float32Array(letters.length * length), labels: [...letters] });
  const build: FineTuneTask['build'] = () => Promise.reject(new Error('Nothing is computed here.'));
  const task = { model, samples: samples(labels), validation: validation ? samples(validation) : undefined };
  return prepare({ ...task, options, build }, []);
}

type Situation = [
  what: string,
  model: Model,
  samples: string,
  options: TuneOptions,
  accuracy: number,
  kind: FineTuningPlan['kind'],
  facts: Partial<Facts>,
];
const situations: Situation[] = [
  ['its own labels', known, 'abc', {}, 0.5, 'train', { head: 'kept', samples: 3, present: 3, classes: 3 }],
  ['some of its labels', known, 'aab', {}, 0.5, 'train', { absentLabels: ['c'], present: 2 }],
  ['ten of each', known, 'abc'.repeat(10), {}, 0.5, 'train-and-refit', { samples: 30 }],
  ['ten of each, all right', known, 'abc'.repeat(10), {}, 1, 'already-solved', {}],
  ['fewer labels', known, 'ab', { labels: ['b', 'a'] }, 0.5, 'train', { head: 'kept', classes: 2, absentLabels: [] }],
  [
    'a new label',
    known,
    'xx',
    {},
    0.5,
    'new-classes',
    { head: 'extended', newLabels: ['x'], replays: true, isHeadNew: false, classes: 4 },
  ],
  [
    'a new label beside others',
    known,
    'xxa',
    {},
    0.5,
    'train',
    { newLabels: ['x'], replays: true, absentLabels: ['b', 'c'] },
  ],
  ['a new label, without statistics', plain, 'xx', {}, 0, 'new-classes', { replays: false, isHeadNew: true }],
  [
    'a new label, epochs asked for',
    known,
    'xx',
    { epochs: 2 },
    0,
    'train',
    { isAsked: true, replays: false, isHeadNew: true },
  ],
  [
    'new labels alone',
    known,
    'xy',
    {},
    0,
    'train',
    { head: 'replaced', newLabels: ['x', 'y'], classes: 2, isHeadNew: true },
  ],
  [
    'a declared label',
    known,
    'abc',
    { labels: ['a', 'b', 'x', 'c'] },
    0.5,
    'train',
    { head: 'extended', newLabels: [], maskedLabels: ['x'], classes: 3 },
  ],
  [
    'a label that was declared before',
    waiting,
    'xx',
    {},
    0.5,
    'new-classes',
    { head: 'kept', newLabels: ['x'], maskedLabels: [], replays: true, classes: 4 },
  ],
  [
    'others than a label that was declared before',
    waiting,
    'abc',
    {},
    0.5,
    'train',
    { head: 'kept', maskedLabels: ['x'], absentLabels: [], classes: 3 },
  ],
  [
    'another in place of a label that was declared',
    waiting,
    'y',
    { labels: ['a', 'b', 'c', 'y'] },
    0.5,
    'new-classes',
    { head: 'extended', maskedLabels: [] },
  ],
  [
    'never trained',
    fresh,
    'ab',
    {},
    0,
    'train',
    { isFresh: true, absentLabels: [], maskedLabels: ['c'], newLabels: [] },
  ],
  ['never trained, one label', fresh, 'aa', {}, 0, 'train', { isFresh: true, maskedLabels: [] }],
  ['batch norm', modelOf(tinyNet()), '012', {}, 0, 'train', { hasBatchNorm: true, canAugment: false }],
];
for (const [what, model, samples, options, accuracy, kind, expected] of situations)
  test(`${what}: ${kind}`, () => {
    const { facts, options: own } = prepared(model, samples, options);
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(facts[name as keyof Facts], value, name);
    assert.equal(decide(facts, own, accuracy).kind, kind);
  });

test('what learns has no masked classes, and samples are among its labels', () => {
  const { model, labels, isNew, samples, architecture } = prepared(waiting, 'abcc');
  assert.deepEqual([labels, model.labels, model.untaught], [['a', 'x', 'b', 'c'], ['a', 'b', 'c'], undefined]);
  assert.deepEqual([...samples.classes], [0, 1, 2, 2]);
  assert.deepEqual(isNew, [false, false, false]);
  assert.equal(architecture.classes, 3);
  assert.equal(model.classStatistics?.means.length, 3);
});

test('samples to validate on take the place of a share', () => {
  const { split, validation, options } = prepared(known, 'abc'.repeat(10), {}, 'ab');
  assert.deepEqual([split.held, [...validation!.classes], options.validation], [[], [0, 1], 0]);
  assert.equal(prepared(known, 'abc'.repeat(10)).split.held.length, 6);
});

test('a sample of no label asked for is refused by all of these', () => {
  const message = /Sample 1 has the label 'z'; the labels are: a, x, b\./;
  assert.throws(() => prepared(waiting, 'az', { labels: ['a', 'x', 'b'] }), { code: 'bad-argument', message });
});
