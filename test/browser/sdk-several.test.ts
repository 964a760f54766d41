import { assert } from 'chai';
import { create } from 'handful';
import type { Classifier } from 'handful';
import {
  answers,
  assertNear,
  disposedAfterEach,
  places,
  refused,
  sleep,
  tiny,
  trained,
  trainedFile,
  ways,
} from '../support/sdk-classifiers.js';
import { canvasOf, drawings, drawn, imageDataOf, symbols } from '../support/sdk-drawings.js';
import { watchBuffers } from './support/gpu-buffers.js';

describe('two classifiers at once', () => {
  const disposed = disposedAfterEach();

  for (const [i, one] of ways.entries())
    for (const other of ways.slice(i))
      it(`${one.title} and ${other.title}: each answers for itself`, async () => {
        const a = await disposed(trained(one.options));
        const b = await disposed(create(tiny, { ...other.options, labels: ['x', 'y', 'z'], seed: 5 }));
        const [ofA, ofB] = [await a.predict(drawn('cross')), await b.predict(drawn('cross'))];
        assert.notDeepEqual(ofA.probabilities, ofB.probabilities);

        const tuning = a.fineTune(drawings(4), { epochs: 2, keep: 'always', validation: 0 });
        const interleaved = await Promise.all([
          b.predict(drawn('cross')),
          b.predict(canvasOf(drawn('cross', 3))),
          b.evaluate([{ input: drawn('cross'), label: 'x' }]),
          b.predict(drawn('cross')),
        ]);
        assert.deepEqual(interleaved[0], ofB);
        assert.deepEqual(interleaved[3], ofB);
        await tuning;
        await a.reset();
        const both = Array.from({ length: 6 }, (_, k) => (k % 2 ? a : b).predict(drawn('cross')));
        (await Promise.all(both)).forEach(({ label, probabilities }, k) => {
          const expected = k % 2 ? ofA : ofB;
          assert.equal(label, expected.label);
          assertNear(probabilities, expected.probabilities, 1e-6);
        });
        a.dispose();
        assert.deepEqual(await b.predict(drawn('cross')), ofB); // the other's end changes nothing
      });
});

for (const { title, options } of places)
  describe(`dispose, ${title}`, () => {
    it('refuses all calls under way, waiting and to come', async () => {
      const classifier = await trained(options);
      const blob = await classifier.export();
      const calls: ((classifier: Classifier) => Promise<unknown>)[] = [
        (c) => c.fineTune(drawings(4), { epochs: 100_000 }),
        (c) => c.predict(canvasOf(drawn('line'))),
        (c) => c.predictBatch([]),
        (c) => c.evaluate(drawings(1)),
        (c) => c.reset(),
        (c) => c.clone(),
        (c) => c.export(),
        (c) => c.save('never'),
      ];
      const before = calls.map((call) => call(classifier));
      const outcomes = Promise.all(before.map((call) => refused(call, 'disposed', /disposed of/)));
      await sleep(100);
      classifier.dispose();
      await outcomes;
      for (const call of calls) await refused(call(classifier), 'disposed');
      classifier.dispose(); // once more is fine
      assert.deepEqual(classifier.labels, [...symbols]);
      assert.isAbove(blob.size, 1000);
    });

    it('ends a load and its worker when nobody waits any longer', async () => {
      const controller = new AbortController();
      const loads = Array.from({ length: 3 }, () => create(tiny, { ...options, signal: controller.signal }));
      controller.abort();
      for (const load of loads) await refused(load, 'aborted');
    });
  });

for (const { title, options } of ways.filter(({ options }) => options.worker === false && options.backend === 'webgpu'))
  describe(`buffers, ${title}`, () => {
    const rounds = 4; // a GPU in software takes long to start

    /** Frees are not waited for by `dispose`, so this looks again for a moment. */
    async function allFreed(): Promise<void> {
      for (let i = 0; i < 40 && buffers.count() > 0; i++) await sleep(25);
      assert.equal(buffers.count(), 0);
    }
    let buffers: ReturnType<typeof watchBuffers>;
    before(async () => {
      buffers = watchBuffers();
      await trainedFile();
    });
    after(() => buffers.restore());
    beforeEach(allFreed);

    it('none is left after dispose, whatever happened before', async () => {
      const classifier = await trained(options);
      assert.isAbove(buffers.count(), 0);
      await classifier.fineTune([...drawings(3), { input: drawn('line'), label: 'new' }], {
        epochs: 3,
        keep: 'always',
      });
      await refused(classifier.predict([NaN]), 'bad-input');
      await refused(classifier.fineTune(drawings(1), { epochs: -1 }), 'bad-argument');
      await refused(
        classifier.fineTune(drawings(3), { epochs: 500, onProgress: () => classifier.dispose() }),
        'disposed',
      );
      await allFreed();
    });

    it(`${rounds} rounds of loading, predicting and disposing leave none`, async () => {
      for (let round = 0; round < rounds; round++) {
        const classifier = await trained(options);
        assert.equal((await classifier.predict(drawn('cross'))).label, 'cross');
        classifier.dispose();
        await allFreed();
      }
    });

    it('loads that fail or are aborted leave none', async () => {
      await refused(create(tiny, { ...options, labels: ['only one'] }), 'bad-argument');
      for (const wait of [0, 1, 5, 20, 50]) {
        const controller = new AbortController();
        const loading = trained({ ...options, signal: controller.signal });
        void sleep(wait).then(() => controller.abort());
        const classifier = await loading.catch(() => undefined);
        classifier?.dispose();
        await sleep(50);
      }
      await allFreed();
    });

    it('many calls leave as many as there were', async () => {
      const classifier = await trained(options);
      const picture = imageDataOf(drawn('cross'), 60);
      /** How many there are after each kind of call; programs of the batches that come most often are kept. */
      async function counts(): Promise<number[]> {
        const found: number[] = [];
        const does = async (call: Promise<unknown>) => {
          await call.catch(() => {});
          found.push(buffers.count());
        };
        await does(classifier.predict(picture));
        await does(answers(classifier));
        await does(classifier.predict([0]));
        await does(classifier.evaluate(drawings(2)));
        await does(classifier.fineTune(drawings(2), { epochs: 2, keep: 'always' }));
        await does(classifier.reset());
        return found;
      }
      await counts();
      const before = await counts();
      for (let i = 0; i < rounds; i++) assert.deepEqual(await counts(), before);
      classifier.dispose();
      await allFreed();
    });
  });

describe('memory, WASM in the page', () => {
  const options = { backend: 'wasm', worker: false } as const;
  const { Memory } = WebAssembly;
  const made: WebAssembly.Memory[] = [];
  const bytes = () => made.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

  before(async () => {
    await trainedFile();
    WebAssembly.Memory = class extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        super(descriptor);
        made.push(this);
      }
    };
  });
  after(() => void (WebAssembly.Memory = Memory));

  /** One classifier's life, with calls that fail, up to an end amid training; and a load that is aborted. */
  async function live(round: number): Promise<void> {
    const classifier = await trained(options);
    assert.equal((await classifier.predict(drawn('cross'))).label, 'cross');
    await classifier.evaluate(drawings(2));
    const samples = [...drawings(3), { input: drawn('line'), label: 'new' }];
    await classifier.fineTune(samples, { epochs: 3, keep: 'always' });
    await refused(classifier.predict([NaN]), 'bad-input');
    await refused(classifier.fineTune(drawings(1), { epochs: -1 }), 'bad-argument');
    const onProgress = () => classifier.dispose();
    await refused(classifier.fineTune(drawings(3), { epochs: 500, onProgress }), 'disposed');
    const controller = new AbortController();
    const loading = trained({ ...options, signal: controller.signal });
    void sleep(round).then(() => controller.abort());
    (await loading.catch(() => undefined))?.dispose();
    await sleep(25); // frees are not waited for by `dispose`
  }

  it('is one for all classifiers, and what they leave is used again', async () => {
    const classifier = await trained(options);
    const before = await answers(classifier);
    const count = made.length;
    for (let round = 0; round < 3; round++) await live(round);
    const size = bytes();
    assert.isAbove(size, 0);
    for (let round = 0; round < 20; round++) {
      await live(round);
      assert.equal(bytes(), size, `bytes after ${round + 1} rounds`);
    }
    assert.lengthOf(made, count);
    assert.deepEqual(await answers(classifier), before);
    classifier.dispose();
  });

  it('goes with the last of them', async () => {
    (await trained(options)).dispose();
    await sleep(25);
    const count = made.length;
    (await trained(options)).dispose();
    assert.isAbove(made.length, count);
  });
});
