import { assert } from 'chai';
import type { Device } from '../../src/backends/device.js';
import { infer } from '../../src/models/inference.js';
import type { Model } from '../../src/models/model.js';
import { Network } from '../../src/models/network.js';
import { lower } from '../../src/models/lowering/lower.js';
import type { Dataset } from '../../src/training/loop/dataset.js';
import { fineTune } from '../../src/training/finetune.js';
import { score } from '../../src/training/loop/metrics.js';
import type { FineTuneResult, FineTuneTask, LabelledInputs, TuneOptions } from '../../src/training/plans/task.js';
import { train } from '../../src/training/loop/trainer.js';
import type { Progress, Spec } from '../../src/types.js';
import { at, mapped, nth } from '../support/lists.js';
import { modelOf, rowsAndColumns, tinyConvNet, tinyNet } from '../support/specs.js';
import { onDevice, onEachDevice, openDevice } from './support/devices.js';
import { leakCheck } from './support/leaks.js';
import { errorOf, values } from './support/training.js';

type More = Partial<Omit<FineTuneTask, 'options'>>;

const named = ({ inputs, classes }: Dataset, names = ['0', '1', '2', '3', '4', '5']): LabelledInputs => {
  return { inputs, labels: Array.from(classes, (label) => nth(names, label)) };
};

/** Fine-tunes and sees that the model given is as it was, whatever comes of it. */
async function tune(device: Device, model: Model, samples: LabelledInputs, options: TuneOptions = {}, more: More = {}) {
  const [weights, rest] = [values(model.weights), JSON.stringify({ ...model, weights: undefined })];
  try {
    const build: FineTuneTask['build'] = async (architecture, weights) => new Network(architecture, weights, device);
    return await fineTune({ model, samples, options, build, ...more });
  } finally {
    assert.equal(values(model.weights), weights, "the given model's weights");
    assert.equal(JSON.stringify({ ...model, weights: undefined }), rest, 'the given model');
  }
}

/** A model that tells three rows apart. */
async function trained(spec: Spec = tinyNet()): Promise<Model> {
  const model = modelOf(spec);
  const device = await openDevice('wasm'); // the faster one here
  const network = new Network(lower(spec), model.weights, device);
  const { weights } = await train(network, rowsAndColumns(64, 3, 1), {
    epochs: 6,
    batchSize: 16,
    optimizer: 'adam',
    learningRate: 0.03,
    momentum: 0,
    schedule: 'linear',
    patience: 0,
    seed: 0,
  });
  network.dispose();
  device.release();
  return { ...model, weights };
}

async function accuracy(device: Device, model: Model, { inputs, classes }: Dataset): Promise<number> {
  const network = new Network(lower(model.spec), model.weights, device);
  const logits = await infer(network, inputs);
  network.dispose();
  return score(logits, classes).accuracy;
}

/** The same classes as the model knows, but drawn by another hand: upside down. */
function flipped(count: number, seed: number): Dataset {
  const { inputs, classes } = rowsAndColumns(count, 3, seed);
  const rows = inputs.map((_, i) => at(inputs, i - (i % 36) + (5 - Math.floor((i % 36) / 6)) * 6 + (i % 6)));
  return { inputs: rows, classes };
}

/** How many images went through the first layer during `work`. */
async function throughFirstLayer(device: Device, work: () => Promise<unknown>): Promise<number> {
  let images = 0;
  const make = device.executor;
  device.executor = (architecture) => {
    const executor = make(architecture);
    const infer = executor.infer.bind(executor);
    executor.infer = (inputs, count, from, to) => {
      if (from === 0) images += count;
      return infer(inputs, count, from, to);
    };
    const learner = executor.learner.bind(executor);
    executor.learner = (options) => {
      const made = learner(options);
      const step = made.step.bind(made);
      made.step = (inputs, truth, rate) => {
        if (options.from === 0) images += truth.length / architecture.boundaries.at(-1)!.shape[0]!;
        return step(inputs, truth, rate);
      };
      return made;
    };
    return executor;
  };
  try {
    await work();
  } finally {
    device.executor = make;
  }
  return images;
}

describe('fine-tuning', () => {
  onEachDevice((device) => {
    it('with samples alone learns a new hand, and says how it went', async () => {
      const model = await trained();
      const unseen = flipped(30, 8);
      const before = await accuracy(device(), model, unseen);
      const { model: tuned, report } = await tune(device(), model, named(flipped(60, 5)), {
        learningRate: 0.02,
        epochs: 4,
      });
      assert.isBelow(before, 0.7);
      assert.isAbove(await accuracy(device(), tuned, unseen), 0.85);
      assert.include(report, {
        kept: 'tuned',
        measuredOn: 'validation',
        head: 'kept',
        layers: 'all',
        stopped: 'finished',
      });
      assert.equal(report.measuredSamples, 12);
      assert.isAbove(report.after.accuracy, report.before.accuracy);
      assert.lengthOf(report.history, 4);
      const { validationAccuracy, validationLoss } = nth(report.history, report.bestEpoch - 1);
      assert.equal(validationAccuracy, report.after.accuracy);
      assert.equal(validationLoss, report.after.loss);
      assert.match(report.note, /12 samples held back/);
      assert.isAbove(report.seconds, 0);
      assert.deepEqual(report.labels, ['0', '1', '2']);
    });

    it('computes layers that do not learn once per sample, and leaves them bit for bit', async () => {
      const model = await trained(tinyConvNet());
      const samples = named(rowsAndColumns(30, 3, 3));
      for (const [layers, learning] of [
        ['head', ['fc2']],
        [1, ['fc2']],
        [2, ['fc1', 'fc2']],
      ] as const) {
        let result!: FineTuneResult;
        const images = await throughFirstLayer(device(), async () => {
          result = await tune(device(), model, samples, { layers, epochs: 3, keep: 'always', learningRate: 0.01 });
        });
        assert.equal(images, 30, `layers: ${layers}`);
        assert.equal(result.report.layers, layers);
        for (const [name, { data }] of result.model.weights) {
          const learned = learning.some((layer) => name.startsWith(layer));
          const same = String(data) === String(model.weights.get(name)!.data);
          if (result.report.bestEpoch > 0) assert.equal(same, !learned, `layers: ${layers}: ${name}`);
        }
        assert.isAbove(result.report.bestEpoch, 0);
      }
    });
  });

  // What follows has nothing to do with the backend.
  onDevice('wasm', (device) => {
    it('teaches all layers if all are to learn, more of them than there are included', async () => {
      const model = await trained(tinyConvNet());
      for (const layers of ['all', 99] as const) {
        const images = await throughFirstLayer(device(), async () => {
          const { model: tuned } = await tune(device(), model, named(flipped(30, 3)), {
            layers,
            epochs: 3,
            keep: 'always',
          });
          for (const [name, { data }] of tuned.weights)
            assert.notEqual(String(data), String(model.weights.get(name)!.data), `layers: ${layers}: ${name}`);
        });
        assert.isAbove(images, 30 * 3);
      }
    });

    it('leaves the running statistics of frozen batch norm alone', async () => {
      const model = await trained();
      const { model: tuned } = await tune(device(), model, named(flipped(12, 3)), { layers: 'head', keep: 'always' });
      for (const name of ['block.bn.running_mean', 'block.bn.running_var'])
        assert.deepEqual(tuned.weights.get(name), model.weights.get(name));
    });

    it('widens the head for labels among known ones, whose weights it begins with', async () => {
      const model = await trained();
      const samples = named(rowsAndColumns(60, 4, 6), ['0', '1', '2', 'star']);
      const { model: tuned, report } = await tune(device(), model, samples);
      assert.equal(report.head, 'extended');
      assert.deepEqual(tuned.labels, ['0', '1', '2', 'star']);
      assert.deepEqual(report.labels, tuned.labels);
      assert.deepEqual(tuned.weights.get('fc2.weight')!.shape, [8, 4]);
      assert.isAbove(await accuracy(device(), tuned, rowsAndColumns(40, 4, 7)), 0.9);

      const rate = { learningRate: 0, keep: 'always', epochs: 1 } as const; // no step: the head as it began
      const { model: begun } = await tune(device(), model, samples, rate);
      const [wide, narrow] = mapped([begun, model], ({ weights }) => weights.get('fc2.weight')!.data);
      for (let row = 0; row < 8; row++)
        for (let label = 0; label < 3; label++) assert.equal(at(wide, row * 4 + label), at(narrow, row * 3 + label));
      assert.equal(
        String(begun.weights.get('fc2.bias')!.data.slice(0, 3)),
        String(model.weights.get('fc2.bias')!.data),
      );
    });

    it('replaces the head for labels that are all new', async () => {
      const model = await trained();
      const { inputs, classes } = rowsAndColumns(60, 5, 6);
      const names = ['a', 'b', 'c', 'd', 'e'];
      const { model: tuned, report } = await tune(device(), model, named({ inputs, classes }, names), { epochs: 30 });
      assert.equal(report.head, 'replaced');
      assert.equal(report.kept, 'tuned');
      assert.deepEqual(tuned.labels, names);
      assert.isAbove(await accuracy(device(), tuned, rowsAndColumns(50, 5, 7)), 0.7);
    });

    it('takes explicit labels, in their order, and refuses samples of others', async () => {
      const model = await trained();
      const samples = named(rowsAndColumns(30, 3, 6), ['1', 'x', '0']);
      const { model: tuned, report } = await tune(device(), model, samples, { labels: ['x', '1', '0'] });
      assert.deepEqual(tuned.labels, ['x', '1', '0']);
      assert.equal(report.head, 'replaced');
      const error = await errorOf(tune(device(), model, samples, { labels: ['x', '1'] }));
      assert.equal(error.code, 'bad-argument');
      assert.match(error.message, /'0'.*x, 1/);
      assert.match((await errorOf(tune(device(), model, samples, { labels: ['x', 'x'] }))).message, /different/);
    });

    for (const count of [1, 2, 10, 160])
      it(`does something sensible with ${count} samples alone`, async () => {
        const model = await trained();
        const samples = flipped(count, 5);
        const { model: tuned, report } = await tune(device(), model, named(samples));
        const few = count < 15;
        assert.equal(report.measuredOn, few ? 'training' : 'validation');
        assert.equal(report.measuredSamples, few ? count : 33); // a fifth of each class
        if (few) assert.match(report.note, count === 2 ? /One sample of each label/ : /too few to hold any back/);
        assert.isAtLeast(report.after.accuracy, report.before.accuracy);
        assert.isBelow(report.after.loss, report.before.loss);
        assert.isAtLeast(report.history.length, 8);
        assert.equal(report.kept, 'tuned');
        if (few) assert.isAtLeast(await accuracy(device(), tuned, samples), await accuracy(device(), model, samples));
        else assert.isAbove(await accuracy(device(), tuned, flipped(60, 9)), 0.9);
      });

    it('learns one sample of a new label', async () => {
      const model = await trained();
      const star = rowsAndColumns(4, 4, 6).inputs.slice(3 * 36);
      const { model: tuned, report } = await tune(device(), model, { inputs: star, labels: ['star'] });
      assert.equal(report.head, 'extended');
      assert.deepEqual(tuned.labels, ['0', '1', '2', 'star']);
      assert.equal(await accuracy(device(), tuned, { inputs: star, classes: Int32Array.of(3) }), 1);
    });

    it('trains a network from scratch', async () => {
      const samples = named(rowsAndColumns(48, 3, 1));
      const { model, report } = await tune(device(), { ...modelOf(tinyNet()), fresh: true }, samples);
      assert.equal(report.layers, 'all');
      assert.isAbove(await accuracy(device(), model, rowsAndColumns(60, 3, 2)), 0.8);
    });

    it('keeps the original where tuning makes it worse, and says so', async () => {
      const model = await trained();
      const { inputs, classes } = rowsAndColumns(30, 3, 5);
      const wrong = named({ inputs, classes: classes.map((label) => (label + 1) % 3) });
      const validation = named(rowsAndColumns(30, 3, 6));
      const { model: kept, report } = await tune(
        device(),
        model,
        wrong,
        { epochs: 4, learningRate: 0.03 },
        { validation },
      );
      assert.equal(report.kept, 'original');
      assert.equal(report.bestEpoch, 0);
      assert.deepEqual(report.after, report.before);
      assert.equal(report.measuredSamples, 30);
      assert.match(report.note, /no better.*original weights were kept/);
      assert.equal(values(kept.weights), values(model.weights));

      const always = await tune(device(), model, wrong, { epochs: 4, keep: 'always' }, { validation });
      assert.equal(always.report.kept, 'tuned');
    });

    it('learns from what was held back too, once that has told that learning helps', async () => {
      const model = await trained();
      const samples = named(flipped(60, 5));
      const asked = { epochs: 4, learningRate: 0.02 };
      const own = await tune(device(), model, samples, asked);
      const split = await tune(device(), model, samples, { ...asked, validation: 0.2 });
      assert.match(own.report.note, /have then learned from these too/);
      assert.deepEqual([own.report.before, own.report.after], [split.report.before, split.report.after]);
      assert.notMatch(split.report.note, /learned from these too/, 'a share that was asked for is held back for good');
      assert.notEqual(values(own.model.weights), values(split.model.weights));
      const half = await tune(device(), model, samples, { ...asked, validation: 0 });
      assert.equal(values(own.model.weights), values(half.model.weights), 'as if nothing had been held back');
    });

    it('leaves weights alone that read everything right', async () => {
      const model = await trained();
      const all = rowsAndColumns(60, 3, 1);
      const known = all.classes.length;
      assert.equal(await accuracy(device(), model, all), 1);
      const { model: kept, report } = await tune(device(), model, named(all));
      assert.deepEqual([report.kept, report.history], ['original', []]);
      assert.equal(report.note, `All ${known} samples were read right already, so the weights were left as they are.`);
      assert.equal(values(kept.weights), values(model.weights));
      const { report: asked } = await tune(device(), model, named(all), { epochs: 2 });
      assert.lengthOf(asked.history, 2, 'who asks for epochs gets them');
    });

    it('stops early and says so', async () => {
      const model = await trained();
      const validation = named(rowsAndColumns(30, 3, 6));
      const { inputs, classes } = rowsAndColumns(30, 3, 5);
      const wrong = named({ inputs, classes: classes.map((label) => (label + 1) % 3) });
      const { report } = await tune(device(), model, wrong, { epochs: 50, patience: 2 }, { validation });
      assert.equal(report.stopped, 'early');
      assert.lengthOf(report.history, report.bestEpoch + 2);
      assert.match(report.note, /Stopped early/);
    });

    it('gives the same model and report for the same seed', async () => {
      const model = await trained();
      const run = async (seed: number) => {
        const result = await tune(device(), model, named(flipped(30, 5)), { epochs: 3, seed, keep: 'always' });
        return values(result.model.weights) + JSON.stringify([result.report.before, result.report.after]);
      };
      assert.equal(await run(4), await run(4));
      assert.notEqual(await run(4), await run(5));
    });

    for (const layers of ['all', 'head'] as const)
      it(`reports progress that never falls, with layers: ${layers}`, async () => {
        const model = await trained();
        const seen: Progress[] = [];
        const onProgress = (progress: Progress) => void seen.push(progress);
        await tune(device(), model, named(flipped(30, 5)), { layers, epochs: 3 }, { onProgress });
        const fractions = seen.map(({ fraction }) => fraction);
        assert.deepEqual(
          fractions,
          fractions.toSorted((a, b) => a - b),
        );
        assert.isAtLeast(at(fractions, 0), 0);
        assert.equal(fractions.at(-1), 0.99); // whoever calls has something to do after
      });

    it('leaves the model as it was and leaks nothing: success, failure and abort', async () => {
      const model = await trained();
      const samples = named(flipped(20, 5));
      await leakCheck(device(), () => tune(device(), model, samples, { epochs: 2 }));
      await leakCheck(device(), async () => {
        const wild = { optimizer: 'sgd', learningRate: 100, epochs: 3 } as const;
        const huge = { inputs: samples.inputs.map((value) => value * 1e36), labels: samples.labels };
        assert.equal((await errorOf(tune(device(), model, huge, wild))).code, 'diverged');
      });
      for (const phase of ['preparing', 'training', 'evaluating'] as const)
        await leakCheck(device(), async () => {
          const controller = new AbortController();
          const onProgress = (progress: Progress) => progress.phase === phase && controller.abort();
          const more = { onProgress, signal: controller.signal };
          assert.equal((await errorOf(tune(device(), model, samples, { epochs: 2, layers: 1 }, more))).code, 'aborted');
        });
    });
  });
});
