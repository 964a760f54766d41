import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkOptions } from '../../src/training/plans/check-options.js';
import { sayScore } from '../../src/training/plans/report.js';
import type { TuneOptions } from '../../src/training/plans/task.js';

describe('options of a fine-tune', () => {
  const refused: Record<string, unknown[]> = {
    epochs: [0, -1, 1.5, NaN, '3', Infinity, null],
    batchSize: [0, 2.5, '16'],
    patience: [-1, 0.5],
    seed: [-1, 2 ** 32, 1.5],
    learningRate: [-1, NaN, '0.1', 101],
    momentum: [-0.1, 1.1, NaN],
    validation: [-0.1, 0.95, NaN, 'all'],
    optimizer: ['adamax', 'Adam', 1, ''],
    weightDecay: [-0.1, 1.1, NaN, '0'],
    schedule: ['step', 0],
    labelSmoothing: [-0.1, 0.95, NaN, true],
    augment: ['ink', 1, null],
    keep: ['never', true],
    layers: [0, -1, 1.5, 'last', 'none', NaN],
  };
  for (const [name, values] of Object.entries(refused))
    it(`refuses a bad ${name} by its name, and says what came`, () => {
      for (const value of values)
        assert.throws(
          () => checkOptions({ [name]: value } as TuneOptions),
          (error: Error & { code?: string }) =>
            error.name === 'HandfulError' &&
            error.code === 'bad-argument' &&
            error.message.includes(`option ${name} `) &&
            error.message.includes(typeof value === 'number' ? String(value) : JSON.stringify(value)),
          `${name}: ${value}`,
        );
    });

  it('refuses what is none, and takes one that is undefined for one that is not given', () => {
    assert.throws(() => checkOptions({ epoch: 3 } as TuneOptions), {
      code: 'bad-argument',
      message: /no option epoch;/,
    });
    checkOptions(Object.fromEntries(Object.keys(refused).map((name) => [name, undefined])));
    checkOptions({ epochs: 1, augment: { strength: 2 }, layers: 'head', optimizer: 'adadelta', seed: 2 ** 32 - 1 });
  });
});

it('a score for people', () => assert.equal(sayScore({ accuracy: 0.98765, loss: 0.12345 }), '98.8 % (loss 0.123)'));
