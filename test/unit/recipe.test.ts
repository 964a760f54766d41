import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recipe, sayScore } from '../../src/training/recipe.js';
import type { Situation, TuneOptions } from '../../src/training/recipe.js';

const situation: Situation = {
  ...{ samples: 160, present: 10, labels: 10, fresh: false, newHead: false },
  ...{ normalised: false, right: 0.5, augmentable: true },
};

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
          () => recipe({ [name]: value } as TuneOptions, situation),
          (error: Error & { code?: string }) =>
            error.name === 'HandfulError' &&
            error.code === 'bad-argument' &&
            error.message.includes(`option ${name} `) &&
            error.message.includes(typeof value === 'number' ? String(value) : JSON.stringify(value)),
          `${name}: ${value}`,
        );
    });

  it('takes whatever is given', () => {
    const given: TuneOptions = {
      epochs: 3,
      batchSize: 7,
      optimizer: 'momentum',
      learningRate: 0.3,
      momentum: 0.4,
      centered: true,
      weightDecay: 0.1,
      schedule: 'linear',
      labelSmoothing: 0.2,
      augment: { strength: 0.5 },
      layers: 2,
      validation: 0,
      patience: 5,
      keep: 'always',
      seed: 9,
    };
    assert.deepEqual(recipe(given, situation), { ...given, refit: false });
  });

  it('takes an option that is undefined for one that is not given', () => {
    const undefinedOnes = Object.fromEntries(Object.keys(refused).map((name) => [name, undefined]));
    assert.deepEqual(recipe(undefinedOnes, situation), recipe({}, situation));
  });

  it('fills in what suits the situation, from one sample to a thousand', () => {
    for (const samples of [1, 2, 10, 49, 50, 160, 1000])
      for (const fresh of [false, true])
        for (const newHead of [false, true]) {
          const present = Math.min(samples, 10);
          const result = recipe({}, { ...situation, samples, present, fresh, newHead });
          assert.ok(Number.isInteger(result.epochs) && result.epochs >= 8 && result.epochs <= 120);
          assert.ok(result.learningRate > 0 && result.learningRate <= 0.01);
          assert.equal(result.validation, samples >= (fresh ? 50 : 5) * present ? 0.2 : 0);
          if (fresh) assert.equal(result.layers, 'all');
          assert.equal(result.augment !== false, result.layers !== 'head');
          assert.equal(result.schedule, fresh ? 'one-cycle' : 'cosine');
          const fixed = recipe({}, { ...situation, samples, present, fresh, newHead, augmentable: false });
          assert.equal(fixed.augment, false);
        }
    assert.equal(recipe({}, { ...situation, newHead: true }).layers, 3);
    assert.equal(recipe({}, { ...situation, newHead: true, samples: 300 }).layers, 'all');
  });

  it('teaches only the last layers of a trained network from very few samples, gently', () => {
    const few = recipe({}, { ...situation, samples: 40 });
    assert.equal(few.layers, 3);
    assert.equal(few.learningRate, recipe({}, situation).learningRate / 2);
    assert.equal(recipe({}, { ...situation, samples: 40, fresh: true }).layers, 'all');
  });

  it('takes smaller steps, of samples varied more, where batch norm makes each go further and most is read right', () => {
    const steps = (normalised: boolean, right: number) => recipe({}, { ...situation, normalised, right });
    assert.deepEqual(steps(true, 0.5), { ...steps(false, 0.5), augment: true });
    assert.deepEqual(steps(false, 0.9), steps(false, 0.5));
    const [far, usual] = [steps(true, 0.9), steps(false, 0.9)];
    assert.ok(far.learningRate < usual.learningRate);
    const few = { ...situation, samples: 20, right: 0.9 };
    assert.ok(recipe({}, { ...few, right: 1 }).learningRate < recipe({}, few).learningRate, 'all right: smaller still');
  });

  it('learns from few held back in the end, unless the share was asked for', () => {
    assert.equal(recipe({}, situation).refit, true);
    assert.equal(recipe({ validation: 0.2 }, situation).refit, false);
    assert.equal(recipe({}, { ...situation, samples: 40 }).refit, false, 'nothing is held back');
    assert.equal(recipe({}, { ...situation, samples: 2000 }).refit, false, 'there is plenty');
  });

  it('takes smaller steps the fewer of the classes have samples', () => {
    const all = recipe({}, situation).learningRate;
    assert.equal(recipe({}, { ...situation, present: 1 }).learningRate, all / 10);
    assert.equal(recipe({ learningRate: 0.1 }, { ...situation, present: 1 }).learningRate, 0.1);
  });

  it('gives rmsprop no momentum by default, as PyTorch does', () => {
    assert.equal(recipe({ optimizer: 'rmsprop' }, situation).momentum, 0);
    assert.equal(recipe({ optimizer: 'rmsprop', momentum: 0.5 }, situation).momentum, 0.5);
    assert.equal(recipe({ optimizer: 'nesterov' }, situation).momentum, 0.9);
    assert.equal(recipe({}, situation).centered, false);
  });

  it('says a score for people', () =>
    assert.equal(sayScore({ accuracy: 0.98765, loss: 0.12345 }), '98.8 % (loss 0.123)'));
});
