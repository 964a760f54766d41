import { assert } from 'chai';
import type { Device } from '../../src/backends/device.js';
import { infer } from '../../src/models/inference.js';
import { initialise } from '../../src/models/initialise.js';
import type { Weights } from '../../src/models/model.js';
import { Network } from '../../src/models/network.js';
import { lower } from '../../src/models/lowering/lower.js';
import type { Dataset } from '../../src/training/loop/dataset.js';
import { isBetter, score } from '../../src/training/loop/metrics.js';
import { train } from '../../src/training/loop/trainer.js';
import type { TrainOptions } from '../../src/training/loop/train-options.js';
import type { EpochRecord, Progress, Score, Spec } from '../../src/types.js';
import { nth } from '../support/lists.js';
import { rowsAndColumns, tinyConvNet, tinyMlp, tinyNet } from '../support/specs.js';
import { onDevice, onEachDevice } from './support/devices.js';
import { leakCheck } from './support/leaks.js';
import { countSteps, errorOf, values, withoutSeconds } from './support/training.js';

const options: TrainOptions = {
  epochs: 5,
  batchSize: 8,
  optimizer: 'adam',
  learningRate: 0.01,
  momentum: 0.9,
  schedule: 'constant',
  patience: 0,
  seed: 1,
};

const quick: TrainOptions = { ...options, batchSize: 16, learningRate: 0.03 };

/** Puts a network on the device for the time of `work`. */
async function using<T>(
  device: Device,
  spec: Spec,
  work: (network: Network) => Promise<T>,
  weights: Weights = initialise(lower(spec), 0),
): Promise<T> {
  const network = new Network(lower(spec), weights, device);
  try {
    return await work(network);
  } finally {
    network.dispose();
  }
}

/** A third of the labels are wrong: at first the rest is learned, and then these are learned by heart. */
function misleading(count: number, seed: number): Dataset {
  const { inputs, classes } = rowsAndColumns(count, 3, seed, 1);
  return { inputs, classes: classes.map((label, i) => (i % 9 < 3 ? (label + 1) % 3 : label)) };
}

const validation = rowsAndColumns(30, 3, 90, 1);
const overfit: TrainOptions = { ...options, epochs: 14, learningRate: 0.03, batchSize: 12 };

/** What was best, by the history and the score before it. */
function bestOf(before: Score, history: readonly EpochRecord[]): number {
  let best = { epoch: 0, score: before };
  for (const { epoch, validationAccuracy, validationLoss } of history) {
    const now = { accuracy: validationAccuracy!, loss: validationLoss! };
    if (isBetter(now, best.score)) best = { epoch, score: now };
  }
  return best.epoch;
}

describe('training', () => {
  onEachDevice((device) => {
    for (const [name, spec] of [
      ['a network of all layers', tinyNet()],
      ['a perceptron', tinyMlp()],
    ] as const)
      it(`teaches ${name} a small problem; the loss falls`, () =>
        using(device(), spec, async (network) => {
          const run = { ...quick, epochs: 6 };
          const { history, stopped, bestEpoch } = await train(network, rowsAndColumns(48, 3, 1), run);
          assert.equal(stopped, 'finished');
          assert.equal(bestEpoch, 6, 'without validation the last epoch counts');
          const epochs = history.map(({ epoch }) => epoch);
          assert.deepEqual(epochs, [1, 2, 3, 4, 5, 6]);
          assert.isBelow(nth(history, 5).loss, nth(history, 0).loss / 3);
          assert.isTrue(history.every(({ seconds }) => seconds > 0));
          const unseen = rowsAndColumns(30, 3, 2);
          assert.isAbove(score(await infer(network, unseen.inputs), unseen.classes).accuracy, 0.9);
        }));

    it('gives the same history and weights, bit for bit, for the same seed, and others for another', async () => {
      const run = (seed: number) =>
        using(device(), tinyNet(), async (network) => {
          const result = await train(network, rowsAndColumns(20, 3, 1), { ...options, epochs: 2, validation, seed });
          return JSON.stringify([withoutSeconds(result.history), values(result.weights)]);
        });
      const first = await run(1);
      assert.equal(await run(1), first);
      assert.notEqual(await run(2), first);
    });

    it('records the mean loss and accuracy of an epoch, in batches of any size', () =>
      using(device(), tinyMlp(), async (network) => {
        const data = rowsAndColumns(13, 3, 1);
        const expected = score(await infer(network, data.inputs), data.classes);
        const { history } = await train(network, data, { ...options, epochs: 1, learningRate: 0 });
        const { loss, accuracy } = nth(history, 0);
        assert.approximately(loss, expected.loss, 1e-6);
        assert.approximately(accuracy, expected.accuracy, 1e-6);
      }));

    for (const from of [0, 3])
      it(`learns from varied examples ${from ? 'whose features are computed anew' : ''}, and holds back plain ones`, () =>
        using(device(), tinyConvNet(), async (network) => {
          const data = rowsAndColumns(12, 3, 1);
          const plain = score(await infer(network, validation.inputs), validation.classes);
          const dark = score(await infer(network, new Float32Array(12 * 36)), data.classes);
          const held = { ...validation, inputs: await infer(network, validation.inputs, { to: from }) };
          const run: TrainOptions = {
            ...options,
            epochs: 1,
            optimizer: 'sgd',
            learningRate: 0,
            from,
            validation: held,
          };
          const augment: TrainOptions['augment'] = (_, __, target, to) => void target.fill(0, to, to + 36);
          const { history } = await train(network, data, { ...run, augment });
          const { loss, validationLoss } = nth(history, 0);
          assert.approximately(loss, dark.loss, 1e-5);
          assert.approximately(validationLoss ?? NaN, plain.loss, 1e-5);
        }));
  });

  // What follows has nothing to do with the device.
  onDevice('wasm', (device) => {
    it("restores the best epoch's weights, and the network really holds them", () =>
      using(device(), tinyMlp(), async (network) => {
        const before = score(await infer(network, validation.inputs), validation.classes);
        const result = await train(network, misleading(36, 3), { ...overfit, validation });
        const { history, bestEpoch, weights } = result;
        assert.lengthOf(history, overfit.epochs);
        assert.isTrue(
          bestEpoch > 0 && bestEpoch < overfit.epochs,
          `validation has to get worse late; best: ${bestEpoch}`,
        );
        assert.equal(bestEpoch, bestOf(before, history));
        assert.equal(values(await network.read()), values(weights));
        const after = score(await infer(network, validation.inputs), validation.classes);
        const { validationLoss, validationAccuracy } = nth(history, bestEpoch - 1);
        assert.equal(after.loss, validationLoss);
        assert.equal(after.accuracy, validationAccuracy);
      }));

    it('restores the weights it began with if every epoch made them worse', () =>
      using(device(), tinyMlp(), async (network) => {
        await train(network, rowsAndColumns(32, 3, 1), { ...quick, epochs: 5 });
        const good = values(await network.read());
        const held = rowsAndColumns(32, 3, 5);
        const wrong = { inputs: held.inputs, classes: held.classes.map((label) => (label + 1) % 3) };
        const { bestEpoch } = await train(network, wrong, { ...quick, epochs: 2, validation: held });
        assert.equal(bestEpoch, 0);
        assert.equal(values(await network.read()), good);
      }));

    it('stops early, so many epochs after the best', () =>
      using(device(), tinyMlp(), async (network) => {
        const patience = 3;
        const data = misleading(36, 3);
        const { history, bestEpoch, stopped } = await train(network, data, {
          ...overfit,
          epochs: 100,
          validation,
          patience,
        });
        assert.equal(stopped, 'early');
        assert.equal(history.length, bestEpoch + patience);
      }));

    it('follows its schedule', () =>
      using(device(), tinyMlp(), async (network) => {
        const rates = async (schedule: TrainOptions['schedule']) => {
          const run = { ...options, epochs: 4, learningRate: 0.1, schedule };
          return (await train(network, rowsAndColumns(8, 3, 1), run)).history.map(({ learningRate }) => learningRate);
        };
        assert.deepEqual(await rates('constant'), [0.1, 0.1, 0.1, 0.1]);
        (await rates('linear')).forEach((rate, i) => assert.approximately(rate, 0.1 * (1 - i / 4), 1e-12));
        const cosine = await rates('cosine');
        cosine.forEach((rate, i) => assert.approximately(rate, 0.05 * (1 + Math.cos((Math.PI * i) / 4)), 1e-12));
      }));

    it('leaves layers below `from` as they are, bit for bit', () =>
      using(device(), tinyNet(), async (network) => {
        const before = await network.read();
        const data = rowsAndColumns(12, 3, 1);
        const features = await infer(network, data.inputs, { to: 4 });
        await train(network, { inputs: features, classes: data.classes }, { ...options, epochs: 2, from: 4 });
        const after = await network.read();
        for (const { name, layer } of lower(tinyNet()).parameters) {
          const same = String(after.get(name)!.data) === String(before.get(name)!.data);
          assert.equal(same, layer < 4, name);
        }
      }));

    it('reports progress that never falls and ends at 1, with the history', () =>
      using(device(), tinyMlp(), async (network) => {
        const seen: Progress[] = [];
        const run = { ...options, epochs: 3, onProgress: (progress: Progress) => seen.push(progress) };
        const { history } = await train(network, rowsAndColumns(30, 3, 1), run);
        const fractions = seen.map(({ fraction }) => fraction);
        assert.deepEqual(
          fractions,
          fractions.toSorted((a, b) => a - b),
        );
        assert.equal(fractions.at(-1), 1);
        for (const { phase, loss, accuracy, epochs } of seen) {
          assert.equal(phase, 'training');
          assert.equal(epochs, 3);
          assert.isTrue(Number.isFinite(loss) && accuracy! >= 0 && accuracy! <= 1);
        }
        assert.deepEqual(seen.at(-1)!.history, history);
      }));

    it('refuses to end with weights that are no numbers: diverged in the first epoch', () =>
      using(device(), tinyMlp(), async (network) => {
        const run = { ...options, optimizer: 'sgd' as const, learningRate: 1e38 };
        const error = await errorOf(train(network, rowsAndColumns(40, 3, 1), run));
        assert.equal(error.code, 'diverged');
        assert.match(error.message, /1e\+38/);
      }));

    for (const held of [undefined, validation])
      it(`restores the last good weights if it diverges later, ${held ? 'with' : 'without'} validation`, () =>
        using(device(), tinyMlp(), async (network) => {
          // With a momentum above 1 the steps grow for ever.
          const run = { ...options, epochs: 60, optimizer: 'momentum' as const, momentum: 20, validation: held };
          const result = await train(network, misleading(40, 1), { ...run, learningRate: 1e-6 });
          assert.equal(result.stopped, 'diverged');
          assert.isTrue(result.history.length > 1 && result.history.length < 60, `${result.history.length} epochs`);
          if (!held) assert.equal(result.bestEpoch, result.history.length);
          const now = await network.read();
          assert.equal(values(now), values(result.weights));
          for (const { data } of now.values()) assert.isTrue(data.every(Number.isFinite));
        }));

    for (const [how, later] of [
      ['by a callback', false],
      ['by another task', true],
    ] as const)
      it(`stops within one step when aborted in mid-epoch ${how}`, () =>
        using(device(), tinyMlp(), async (network) => {
          const controller = new AbortController();
          const steps = countSteps(network);
          let atAbort = Infinity;
          const abort = () => {
            atAbort = steps();
            controller.abort(new Error('enough'));
          };
          const run = {
            ...options,
            batchSize: 2,
            signal: controller.signal,
            onProgress: () => {
              if (steps() > 4 && atAbort === Infinity) return later ? void setTimeout(abort) : abort();
            },
          };
          const error = await errorOf(train(network, rowsAndColumns(40_000, 3, 1), run));
          assert.equal(error.code, 'aborted');
          assert.equal((error.cause as Error).message, 'enough');
          assert.isAtMost(steps() - atAbort, 1);
          assert.isBelow(atAbort, 20_000, 'in mid-epoch');
        }));

    it('does not begin if aborted before', () =>
      using(device(), tinyMlp(), async (network) => {
        const steps = countSteps(network);
        const error = await errorOf(
          train(network, rowsAndColumns(8, 3, 1), { ...options, signal: AbortSignal.abort() }),
        );
        assert.equal(error.code, 'aborted');
        assert.equal(steps(), 0);
      }));

    it('goes on where an earlier run stopped, as if it had not', async () => {
      const data = rowsAndColumns(12, 3, 1);
      const run = { ...options, epochs: 4, optimizer: 'sgd' as const, schedule: 'cosine' as const };
      const whole = await using(device(), tinyMlp(), (network) => train(network, data, run));
      const halves = await using(device(), tinyMlp(), async (network) => {
        const seen: [EpochRecord, string][] = [];
        const controller = new AbortController();
        const onEpoch = async (record: EpochRecord, weights: Weights) => {
          seen.push([record, values(weights)]);
          if (seen.length === 2) controller.abort();
        };
        await errorOf(train(network, data, { ...run, onEpoch, signal: controller.signal }));
        assert.lengthOf(seen, 2);
        assert.equal(values(await network.read()), nth(seen, 1)[1]);
        return train(network, data, { ...run, completed: seen.map(([record]) => record) });
      });
      assert.deepEqual(withoutSeconds(halves.history), withoutSeconds(whole.history));
      assert.equal(values(halves.weights), values(whole.weights));
    });
  });

  onEachDevice((device) => {
    it('leaks nothing', () =>
      leakCheck(device(), () =>
        using(device(), tinyNet(), (network) =>
          train(network, rowsAndColumns(10, 3, 1), { ...options, epochs: 2, validation }),
        ),
      ));

    it('leaks nothing when aborted, nor when it diverges', () =>
      leakCheck(device(), () =>
        using(device(), tinyMlp(), async (network) => {
          const controller = new AbortController();
          const run = { ...options, signal: controller.signal, onProgress: () => controller.abort() };
          const data = rowsAndColumns(24, 3, 1);
          assert.equal((await errorOf(train(network, data, run))).code, 'aborted');
          const wild = { ...options, optimizer: 'sgd' as const, learningRate: 1e38 };
          assert.equal((await errorOf(train(network, data, wild))).code, 'diverged');
        }),
      ));
  });
});
