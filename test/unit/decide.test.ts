import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../src/training/plans/decide.js';
import type { FineTuningPlan } from '../../src/training/plans/decide.js';
import type { Facts } from '../../src/training/plans/facts.js';
import type { TuneOptions } from '../../src/training/plans/task.js';
import { facts } from '../support/facts.js';

const one: Partial<Facts> = { newLabels: ['x'], head: 'extended', present: 1, classes: 11, samples: 8 };
const beside = { ...one, present: 11, samples: 88 };
const replayed = { replays: true };
const prototype = { isHeadNew: true };
const allNew: Partial<Facts> = { newLabels: ['x', 'y'], head: 'replaced', present: 2, classes: 2 };

type Expected = FineTuningPlan['kind'] | 'new-classes, refit';
const situations: [string, Expected, Partial<Facts>, number, TuneOptions?][] = [
  ['known classes, enough to hold some back', 'train-and-refit', {}, 0.9],
  ['known classes, few', 'train', { samples: 40 }, 0.9],
  ['known classes, plenty', 'train', { samples: 2000 }, 0.9],
  ['a share was asked for', 'train', {}, 0.9, { validation: 0.3 }],
  ['all right already', 'already-solved', {}, 1],
  ['all right, but few', 'train', { samples: 40 }, 1],
  ['all right, five of one class', 'already-solved', { present: 1, samples: 5 }, 1],
  ['all right, to be kept anyway', 'train-and-refit', {}, 1, { keep: 'always' }],
  ['all right, epochs asked for', 'train-and-refit', { isAsked: true }, 1, { epochs: 3 }],
  ['all right, a batch size asked for', 'already-solved', {}, 1, { batchSize: 3 }],
  ['never trained', 'train', { isFresh: true }, 0],
  ['never trained, many', 'train-and-refit', { isFresh: true, samples: 600 }, 0],
  ['one new class, replayed', 'new-classes, refit', { ...one, ...replayed }, 1],
  ['one new class, replayed, not all right', 'new-classes, refit', { ...one, ...replayed }, 0.8],
  ['one new class, replayed, few', 'new-classes', { ...one, ...replayed, samples: 4 }, 1],
  ['one new class beside known ones, replayed', 'new-classes, refit', { ...beside, ...replayed }, 1],
  ['one new class beside known ones, replayed, not all right', 'train-and-refit', { ...beside, ...replayed }, 0.9],
  ['one new class without replay', 'new-classes, refit', { ...one, ...prototype }, 0],
  ['one new class without replay beside known ones', 'train-and-refit', { ...beside, ...prototype }, 0],
  ['one new class, epochs asked for', 'train-and-refit', { ...one, ...prototype, isAsked: true }, 0, { epochs: 3 }],
  ['a new class of a network that was never trained', 'train', { ...one, ...prototype, isFresh: true }, 0],
  ['all new, placed by their means', 'new-classes', { ...replayed, ...allNew, samples: 8 }, 0.8],
  ['all new, placed by their means, five of each', 'new-classes, refit', { ...replayed, ...allNew, samples: 10 }, 0.8],
  ['all new, placed by their means, many of each', 'train-and-refit', { ...replayed, ...allNew, samples: 32 }, 1],
  [
    'a new head',
    'train-and-refit',
    { ...prototype, newLabels: ['x', 'y'], head: 'replaced', present: 2, classes: 2 },
    0,
  ],
];
for (const [what, expected, some, accuracy, options = {}] of situations)
  test(`${what}: ${expected}`, () => {
    const plan = decide(facts(some), options, accuracy);
    assert.equal(plan.kind === 'new-classes' && plan.refit ? 'new-classes, refit' : plan.kind, expected);
  });
