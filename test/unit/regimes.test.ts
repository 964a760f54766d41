import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { withDefaults } from '../../scripts/lib/defaults-table.mjs';
import { regimeWords } from '../../scripts/lib/regime-words.mjs';
import { OPTIMIZERS, REGIMES } from '../../src/training/plans/regimes.js';
import { chooseSettings } from '../../src/training/plans/settings.js';
import type { TuneOptions } from '../../src/training/plans/task.js';
import { facts } from '../support/facts.js';

const ten = [...'abcdefghij'];
const source = await readFile('src/training/plans/regimes.ts', 'utf8');

describe('the table of defaults', () => {
  it('is what the guide says', async () => {
    const guide = await readFile('docs/teach.md', 'utf8');
    assert.equal(await withDefaults(guide, REGIMES, OPTIMIZERS, source), guide, 'run npm run docs:defaults');
  });

  it('has words for each row', () => {
    assert.equal(regimeWords(source).length, REGIMES.length);
    const comments = [...source.slice(source.indexOf('REGIMES')).matchAll(/^ {2}\/\*\*.*?\*\/\n/gms)];
    assert.equal(comments.length, REGIMES.length);
    for (const [row, [comment]] of comments.entries()) {
      const refusal = new RegExp(`^Error: Row ${row} of REGIMES takes a comment`);
      for (const without of ['', '/** Always. */', '/** Always: */', comment.replace('/**', '/*')])
        assert.throws(() => regimeWords(source.replace(comment, without)), refusal, without);
    }
  });

  it('has rows that apply to something', () => {
    const counts = [1, 4, 40, 50, 160, 300, 2000];
    const situations = counts.flatMap((samples) =>
      [true, false].flatMap((isFresh) =>
        [true, false].flatMap((isHeadNew) =>
          [true, false].map((hasBatchNorm) =>
            facts({
              samples,
              present: Math.min(samples, 10),
              isFresh,
              isHeadNew,
              hasBatchNorm,
              newLabels: isHeadNew ? ten : [],
            }),
          ),
        ),
      ),
    );
    for (const [row, { applies }] of REGIMES.entries())
      assert.ok(
        situations.some((each) => [0, 0.9, 1].some((accuracy) => applies(each, accuracy))),
        `row ${row}`,
      );
  });

  // One situation a row; of each the rows that apply, by their places.
  const situations: [string, number[], ...Parameters<typeof rows>][] = [
    ['a trained network', [0], {}],
    ['few samples', [0, 1], { samples: 44, present: 9 }],
    ['few samples, all right', [0, 1, 8], { samples: 44, present: 9 }, 1],
    ['few samples of every class', [0, 1, 2], { samples: 49 }],
    ['few samples of every class, all right', [0, 1, 2], { samples: 49 }, 1],
    ['a new head of few', [0, 3, 4], { samples: 199, isHeadNew: true }],
    ['a new head of many', [0, 3], { samples: 200, isHeadNew: true }],
    ['batch norm', [0, 5], { hasBatchNorm: true }, 0.75],
    ['batch norm, most right', [0, 5, 6], { hasBatchNorm: true }, 0.76],
    ['batch norm, few samples, most right', [0, 1, 5, 7], { hasBatchNorm: true, samples: 20 }, 0.76],
    ['batch norm, all right', [0, 5, 6, 8], { hasBatchNorm: true }, 1],
    ['batch norm, one sample', [0, 1, 5, 11], { hasBatchNorm: true, samples: 1, present: 1 }],
    ['nothing but new labels', [0, 3, 4, 9], { isHeadNew: true, newLabels: ten }],
    ['a network that was never trained', [0, 10], { isFresh: true, samples: 20 }],
    ['a network with batch norm that was never trained', [0, 5, 10], { isFresh: true, hasBatchNorm: true }],
  ];
  const rows = (some: Parameters<typeof facts>[0], accuracy = 0) =>
    REGIMES.flatMap(({ applies }, place) => (applies(facts(some), accuracy) ? [place] : []));
  for (const [what, expected, some, accuracy] of situations)
    it(`has rows for ${what}`, () => assert.deepEqual(rows(some, accuracy), expected));
});

describe('settings', () => {
  const usual = facts();

  it('are whatever is given', () => {
    const given: TuneOptions = {
      epochs: 3,
      batchSize: 7,
      optimizer: 'rmsprop',
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
    assert.deepEqual(chooseSettings(given, usual, 0.5), { ...given, refit: false });
    const undefinedOnes = Object.fromEntries(Object.keys(given).map((name) => [name, undefined]));
    assert.deepEqual(chooseSettings(undefinedOnes, usual, 0.5), chooseSettings({}, usual, 0.5));
  });

  it('give rmsprop no momentum by default, as PyTorch does', () => {
    assert.equal(chooseSettings({ optimizer: 'rmsprop' }, usual, 0.5).momentum, 0);
    assert.equal(chooseSettings({ optimizer: 'rmsprop', momentum: 0.5 }, usual, 0.5).momentum, 0.5);
    assert.equal(chooseSettings({ optimizer: 'nesterov' }, usual, 0.5).momentum, 0.9);
    assert.equal(chooseSettings({}, usual, 0.5).centered, false);
  });

  it('refuse what would do nothing, or harm', () => {
    const code = 'bad-argument';
    assert.throws(() => chooseSettings({ momentum: 0.9 }, usual, 0.5), {
      code,
      message: /momentum takes effect.*adam/,
    });
    assert.throws(() => chooseSettings({ optimizer: 'nesterov', centered: true }, usual, 0.5), { code });
    const normed = facts({ hasBatchNorm: true });
    assert.throws(() => chooseSettings({ batchSize: 1 }, normed, 0.5), { code, message: /at least 2/ });
    assert.equal(chooseSettings({ batchSize: 1, layers: 'head' }, normed, 0.5).batchSize, 1);
  });

  it('suit what there is, from one sample to a thousand', () => {
    for (const samples of [1, 2, 10, 49, 50, 160, 1000])
      for (const isFresh of [false, true])
        for (const isHeadNew of [false, true]) {
          const present = Math.min(samples, 10);
          const some = facts({ samples, present, isFresh, isHeadNew });
          const result = chooseSettings({}, some, 0);
          assert.ok(Number.isInteger(result.epochs) && result.epochs >= 8 && result.epochs <= 150);
          assert.ok(result.learningRate > 0 && result.learningRate <= 0.01);
          assert.equal(result.validation, samples >= (isFresh ? 50 : 5) * present ? 0.2 : 0);
          if (isFresh) assert.equal(result.layers, 'all');
          assert.equal(result.augment !== false, result.layers !== 'head');
          assert.equal(result.schedule, isFresh ? 'one-cycle' : 'cosine');
          assert.equal(chooseSettings({}, { ...some, canAugment: false }, 0).augment, false);
        }
    assert.equal(chooseSettings({}, facts({ isHeadNew: true }), 0).layers, 3);
    assert.equal(chooseSettings({}, facts({ isHeadNew: true, samples: 300 }), 0).layers, 'all');
  });

  it('teach only the last layers of a trained network from very few samples, gently', () => {
    const few = chooseSettings({}, facts({ samples: 40 }), 0.5);
    assert.equal(few.layers, 3);
    assert.equal(few.learningRate, chooseSettings({}, usual, 0.5).learningRate / 2);
    assert.equal(chooseSettings({}, facts({ samples: 40, isFresh: true }), 0).layers, 'all');
    const one = chooseSettings({}, facts({ samples: 10 }), 1);
    assert.deepEqual(
      [one.epochs, one.learningRate],
      [150, few.learningRate],
      'one of each, all right: no smaller steps',
    );
    assert.equal(chooseSettings({}, facts({ samples: 9, present: 9 }), 0.5).epochs, 60, 'a class could be forgotten');
  });

  it('are smaller steps, of samples varied more, where batch norm makes each go further and most is read right', () => {
    const steps = (hasBatchNorm: boolean, accuracy: number, samples = 160) =>
      chooseSettings({}, facts({ hasBatchNorm, samples }), accuracy);
    assert.deepEqual(steps(true, 0.5), { ...steps(false, 0.5), augment: true });
    assert.deepEqual(steps(false, 0.9), steps(false, 0.5));
    assert.equal(steps(true, 0.9).learningRate, 0.15 * steps(false, 0.9).learningRate);
    assert.equal(steps(true, 0.9, 20).learningRate, 0.001 * 0.2);
    assert.equal(steps(true, 1, 20).learningRate, steps(true, 0.9, 20).learningRate / 4, 'all right: smaller still');
  });

  it('are by the optimizer, and by whether the head learns alone', () => {
    const rate = (options: TuneOptions, isFresh = false) => {
      const { learningRate, weightDecay } = chooseSettings(options, facts({ isFresh }), 0.5);
      return [learningRate, weightDecay];
    };
    assert.deepEqual(rate({}), [0.001, 0]);
    assert.deepEqual(rate({ layers: 'head' }), [0.01, 0]);
    assert.deepEqual(rate({ optimizer: 'sgd', layers: 'head' }), [0.05, 0]);
    assert.deepEqual(rate({ optimizer: 'adamw' }), [0.001, 0.01]);
    assert.deepEqual(rate({}, true), [0.003, 0.1]);
    assert.deepEqual(rate({ optimizer: 'adam' }, true), [0.001, 0]);
  });

  it('learn from few held back in the end, unless the share was asked for', () => {
    assert.equal(chooseSettings({}, usual, 0.5).refit, true);
    assert.equal(chooseSettings({ validation: 0.2 }, usual, 0.5).refit, false);
    assert.equal(chooseSettings({}, facts({ samples: 40 }), 0.5).refit, false, 'nothing is held back');
    assert.equal(chooseSettings({}, facts({ samples: 2000 }), 0.5).refit, false, 'there is plenty');
  });

  it('are for nothing but new labels those of a network that was never trained, but that some are held back', () => {
    const allNew = facts({ isHeadNew: true, newLabels: ten, head: 'replaced' });
    const fresh = chooseSettings({ validation: 0.2 }, facts({ isFresh: true }), 0);
    assert.deepEqual(chooseSettings({}, allNew, 0), { ...fresh, refit: true });
  });

  it('are smaller steps the fewer of the classes have samples', () => {
    const all = chooseSettings({}, usual, 0.5).learningRate;
    assert.equal(chooseSettings({}, facts({ present: 1 }), 0.5).learningRate, all / 10);
    assert.equal(chooseSettings({ learningRate: 0.1 }, facts({ present: 1 }), 0.5).learningRate, 0.1);
  });
});
