import { assert } from 'chai';
import { create, load } from 'handful';
import type { Classifier, FineTuneOptions, Progress, Sample, Spec } from 'handful';
import { points } from '../support/points.js';
import {
  answers,
  assertRising,
  disposedAfterEach,
  places,
  refused,
  tiny,
  trained,
  ways,
} from '../support/sdk-classifiers.js';
import { canvasOf, drawings, drawn, imageDataOf, symbols } from '../support/sdk-drawings.js';

const disposed = disposedAfterEach();

/** So long that only an abort ends it. */
const endless: FineTuneOptions = { epochs: 100_000, patience: 0, validation: 0 };

/** Waits for the first message of training. */
function trainingStarted(): { onProgress: (progress: Progress) => void; started: Promise<void> } {
  let onProgress!: (progress: Progress) => void;
  const started = new Promise<void>((resolve) => {
    onProgress = ({ phase }) => phase === 'training' && resolve();
  });
  return { onProgress, started };
}

for (const { title, options } of ways)
  describe(title, () => {
    it('learns the symbols from nothing, and reports how it went', async () => {
      const classifier = await disposed(create(tiny, { ...options, labels: symbols }));
      const epochs = options.backend === 'wasm' ? 25 : 4; // a step takes long on a GPU in software
      const steps: FineTuneOptions = {
        epochs,
        batchSize: 24,
        learningRate: 0.02,
        optimizer: 'adam',
        schedule: 'cosine',
      };
      const report = await classifier.fineTune(drawings(10), { ...steps, validation: 0.2 });
      const { kept, before, after, measuredOn, measuredSamples, head, layers, labels, stopped, history } = report;
      assert.equal(kept, 'tuned');
      assert.isAbove(after.accuracy, before.accuracy);
      assert.isBelow(after.loss, before.loss);
      assert.deepEqual([measuredOn, measuredSamples], ['validation', 6]); // a fifth of each symbol's ten
      assert.deepEqual([head, layers, stopped], ['kept', 'all', 'finished']);
      assert.deepEqual(labels, [...symbols]);
      assert.deepEqual(
        history.map(({ epoch }) => epoch),
        Array.from({ length: epochs }, (_, i) => i + 1),
      );
      for (const { accuracy, loss, learningRate, seconds, validationAccuracy, validationLoss } of history) {
        for (const share of [accuracy, validationAccuracy!]) assert.isTrue(share >= 0 && share <= 1);
        for (const number of [loss, learningRate, seconds, validationLoss!]) assert.isAtLeast(number, 0);
      }
      assert.isTrue(report.bestEpoch >= 1 && report.bestEpoch <= epochs);
      assert.approximately(history[report.bestEpoch - 1]?.validationLoss ?? NaN, after.loss, 1e-5);
      const inEpochs = history.reduce((sum, { seconds }) => sum + seconds, 0);
      assert.isAtLeast(report.seconds, inEpochs);
      assert.match(report.note, /6 samples held back/);

      const evaluation = await classifier.evaluate(drawings(4, 500));
      assert.isAtLeast(evaluation.accuracy, 10 / 12);
      assert.equal(evaluation.samples, 12);
      evaluation.confusion.forEach((row, i) => {
        const samples = row.reduce((a, b) => a + b);
        assert.equal(samples, 4);
        const accuracy = (row[i] ?? NaN) / 4;
        assert.deepInclude(evaluation.perClass[i] ?? {}, { label: symbols[i], samples: 4, accuracy });
      });
      assert.lengthOf(evaluation.misclassified, Math.round((1 - evaluation.accuracy) * 12));
    });

    it('an abort ends it within a step, and leaves the classifier as it was', async () => {
      const classifier = await disposed(trained(options));
      const before = await answers(classifier);
      const { onProgress, started } = trainingStarted();
      const controller = new AbortController();
      const tuning = classifier.fineTune(drawings(6), { ...endless, onProgress, signal: controller.signal });
      const next = classifier.predict(drawn('line'));
      await started;
      const start = performance.now();
      controller.abort('enough');
      const error = await refused(tuning, 'aborted');
      assert.isBelow(performance.now() - start, options.backend === 'wasm' ? 500 : 2000);
      assert.equal(error.cause, 'enough');
      assert.equal((await next).label, 'line');
      assert.deepEqual(await answers(classifier), before);
    });
  });

for (const { title, options } of places)
  describe(`progress and order, ${title}`, () => {
    let classifier: Classifier;
    beforeEach(async () => void (classifier = await disposed(trained(options))));

    it('comes ten to 25 times a second and rises to 1', async () => {
      const seen: (Progress & { at: number })[] = [];
      const controller = new AbortController();
      const onProgress = (progress: Progress) => {
        seen.push({ ...progress, at: performance.now() });
        if (performance.now() - (seen[0]?.at ?? Infinity) > 1500) controller.abort();
      };
      await refused(
        classifier.fineTune(drawings(40), { ...endless, onProgress, signal: controller.signal }),
        'aborted',
      );
      const training = seen.filter(({ phase }) => phase === 'training');
      const times = training.map(({ at }) => at);
      const rate = (times.length - 1) / ((Math.max(...times) - Math.min(...times)) / 1000);
      assert.isTrue(rate >= 10 && rate <= 25, `${rate} messages a second`);

      seen.length = 0;
      await classifier.fineTune(drawings(10), { epochs: 60, onProgress });
      assertRising(seen.map(({ fraction }) => fraction));
      assert.lengthOf(seen.at(-1)?.history ?? [], 60);
      for (const { phase, epoch, epochs, loss, accuracy, history } of seen) {
        if (phase !== 'training') continue;
        assert.equal(epochs, 60);
        assert.equal(history!.length, epoch);
        assert.isAtLeast(loss!, 0);
        assert.isTrue(accuracy! >= 0 && accuracy! <= 1);
      }
    });

    for (const [when, throwsAt] of [
      ['at once', () => true],
      ['amid training', ({ phase }) => phase === 'training'],
      ['at the very end', ({ fraction }) => fraction === 1],
    ] as [string, (progress: Progress) => boolean][])
      it(`a callback that throws ${when} ends it with what it threw, and leaves the classifier as it was`, async () => {
        const before = await answers(classifier);
        const mine = new TypeError('mine');
        let calls = 0;
        const onProgress = (progress: Progress) => {
          if (calls > 0 || !throwsAt(progress)) return;
          calls++;
          throw mine;
        };
        const samples: Sample[] = [...drawings(5), { input: drawn('line', 9), label: 'new' }];
        const error = await classifier
          .fineTune(samples, { epochs: when === 'amid training' ? 100_000 : 400, onProgress })
          .catch((thrown: unknown) => thrown);
        assert.strictEqual(error, mine);
        assert.deepEqual(classifier.labels, [...symbols]);
        assert.deepEqual(await answers(classifier), before);
      });

    it('calls are answered in the order they were made, never interleaved', async () => {
      const order: string[] = [];
      const done = (name: string) => () => void order.push(name);
      const old = await answers(classifier);
      const tuning = classifier.fineTune(drawings(5), { epochs: 30, keep: 'always', validation: 0 });
      const slow = classifier.predict(canvasOf(drawn('cross'), 1500)); // a large picture, that takes long to read
      const both = answers(classifier);
      const exported = classifier.export();
      const reset = classifier.reset();
      const after = answers(classifier);
      await Promise.all([
        tuning.then(done('fineTune')),
        slow.then(done('predict')),
        both.then(done('predictBatch')),
        exported.then(done('export')),
        reset.then(done('reset')),
        after.then(done('predictBatch')),
      ]);
      assert.deepEqual(order, ['fineTune', 'predict', 'predictBatch', 'export', 'reset', 'predictBatch']);
      assert.notDeepEqual(await both, old);
      assert.deepEqual(await after, old);
      const tuned = await disposed(load(await exported, options));
      assert.deepEqual(await answers(tuned), await both);
    });

    it('an abort ends only its own call, waiting or not', async () => {
      const { onProgress, started } = trainingStarted();
      const [tune, wait] = [new AbortController(), new AbortController()];
      const tuning = classifier.fineTune(drawings(6), { ...endless, onProgress, signal: tune.signal });
      const first = classifier.predict(drawn('cross'), { signal: wait.signal });
      const second = classifier.predict(drawn('line'));
      await started;
      wait.abort();
      tune.abort();
      await refused(tuning, 'aborted');
      await refused(first, 'aborted');
      assert.equal((await second).label, 'line');
      await refused(classifier.predict(drawn('line'), { signal: AbortSignal.abort() }), 'aborted');
      await refused(classifier.evaluate(drawings(1), { signal: AbortSignal.abort() }), 'aborted');
    });

    it('a callback of evaluate that throws does the same', async () => {
      const mine = { not: 'an Error' };
      const onProgress = () => {
        throw mine;
      };
      const thrown = await classifier.evaluate(drawings(2), { onProgress }).catch((thrown: unknown) => thrown);
      assert.strictEqual(thrown, mine);
      const seen: number[] = [];
      await classifier.evaluate(drawings(2), { onProgress: ({ fraction }) => void seen.push(fraction) });
      assertRising(seen);
    });

    it('what diverges is refused and leaves the classifier as it was', async () => {
      const spec = { name: 'sum', input: [8], layers: [{ type: 'dense', name: 'fc', units: 2 }] } as Spec;
      const sums = await disposed(create(spec, options));
      const small = [1, 2, 3, 4, 5, 6, 7, 8];
      const before = await sums.predict(small);
      const huge = [0, 1].map((label) => ({ input: small.map(() => 3e38), label }));
      const wild = { epochs: 3, optimizer: 'sgd', learningRate: 7 } as const;
      await refused(sums.fineTune(huge, wild), 'diverged', /learning rate below 7/);
      assert.deepEqual(await sums.predict(small), before);
    });

    it('samples of every kind of input, and numbers as labels', async () => {
      const samples = symbols.flatMap((symbol, label): Sample[] => [
        { input: drawn(symbol, 31), label },
        { input: canvasOf(drawn(symbol, 32)), label },
        { input: imageDataOf(drawn(symbol, 33)), label: String(label) },
      ]);
      const { head, labels } = await classifier.fineTune(samples, { labels: [0, 1, 2], epochs: 30, keep: 'always' });
      assert.equal(head, 'replaced');
      assert.deepEqual(labels, ['0', '1', '2']);
      assert.deepEqual(classifier.labels, labels);
      assert.equal((await classifier.predict(drawn('line', 31))).label, '2');
    });

    it('a new label widens the head', async () => {
      const dot = { strokes: [points('0,0 0.2,0 0.2,1 0,1 0,0 0.2,1')] };
      const samples = [...drawings(3), ...[1, 2, 3].map(() => ({ input: dot, label: 'box' }))];
      const { head, labels } = await classifier.fineTune(samples, { epochs: 40, keep: 'always', layers: 'all' });
      assert.equal(head, 'extended');
      assert.deepEqual(labels, [...symbols, 'box']);
      assert.deepEqual(classifier.labels, labels);
      assert.equal(classifier.spec.layers.at(-1)?.type === 'dense' && (await classifier.predict(dot)).label, 'box');
      await classifier.reset();
      assert.deepEqual(classifier.labels, [...symbols]);
    });
  });
