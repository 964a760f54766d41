import { assert } from 'chai';
import { create, lenet5 } from 'handful';
import type { Classifier, FineTuneOptions, LoadOptions } from 'handful';
import { answers, disposedAfterEach, refused, trained } from '../support/sdk-classifiers.js';
import { drawings, drawn } from '../support/sdk-drawings.js';
import { watchedWorker } from '../support/sdk-watched-worker.js';

const quick = { epochs: 15, keep: 'always', validation: 0 } as const;

describe('workers that die', () => {
  const disposed = disposedAfterEach();
  let worker: Worker;

  /** A classifier whose worker closes itself when it is told to. */
  function mortal(options: LoadOptions = {}): Promise<Classifier> {
    const { start } = watchedWorker('addEventListener("message", ({ data }) => { if (data === "close") close() })');
    return disposed(trained({ backend: 'wasm', worker: () => (worker = start()), ...options }));
  }

  /** Lets the worker die in a fineTune, which is told. */
  async function dies(classifier: Classifier, end = () => worker.postMessage('close')): Promise<void> {
    let moving!: (progress: unknown) => void;
    const moves = new Promise((resolve) => (moving = resolve));
    const endless: FineTuneOptions = { epochs: 100_000, keep: 'always', onProgress: moving };
    const told = refused(classifier.fineTune(drawings(3), endless), 'worker', /has ended/);
    await moves;
    end();
    await told;
  }

  /** Without an error or any other event, as when a phone takes its memory back. */
  const silentEnds: [string, () => void][] = [
    ['closes itself', () => worker.postMessage('close')],
    ['is ended from outside', () => worker.terminate()],
  ];
  for (const [how, end] of silentEnds)
    it(`one that ${how} in a fineTune: that call, those behind it, an abort and later ones are told in time`, async () => {
      const classifier = await mortal({ recover: false });
      const controller = new AbortController();
      let since = 0;
      let behind!: Promise<string>;
      await dies(classifier, () => {
        const call = classifier.predict(drawn('line'), { signal: controller.signal });
        behind = call.catch(({ code }: { code: string }) => code) as Promise<string>;
        end();
        controller.abort();
        since = performance.now();
      });
      assert.include(['aborted', 'worker'], await behind);
      assert.isBelow(performance.now() - since, 2000);
      await refused(classifier.predict(drawn('line')), 'worker', /has ended/);
      await refused(classifier.export(), 'worker', /has ended/);
    });

  it('costs the call, not what was learned before it', async () => {
    const classifier = await mortal();
    const loaded = await answers(classifier);
    await classifier.fineTune([...drawings(3), { input: drawn('line', 5), label: 'new' }], quick);
    const learned = await answers(classifier);
    const first = worker;
    await dies(classifier);
    const [one, file, two] = await Promise.all([answers(classifier), classifier.export(), answers(classifier)]);
    assert.notStrictEqual(worker, first);
    assert.deepEqual(one, learned);
    assert.deepEqual(two, learned);
    assert.isAbove(file.size, 1000);
    await dies(classifier); // again
    assert.deepEqual(await answers(classifier), learned);
    await classifier.reset();
    assert.deepEqual(await answers(classifier), loaded);
    await dies(classifier);
    assert.deepEqual(await answers(classifier), loaded);
  });

  it('a call that is aborted while another worker starts is not made', async () => {
    const classifier = await mortal();
    const before = await answers(classifier);
    await dies(classifier);
    const controller = new AbortController();
    const tuning = classifier.fineTune(drawings(3, 50), { ...quick, signal: controller.signal });
    await Promise.resolve();
    controller.abort();
    await refused(tuning, 'aborted');
    assert.deepEqual(await answers(classifier), before);
  });

  it('a call that ends every worker ends no more than four of them', async () => {
    const dying = 'if (event.data?.name === "predict") { event.stopImmediatePropagation(); close(); }';
    const { start } = watchedWorker(`addEventListener("message", (event) => { ${dying} })`);
    let started = 0;
    const worker = () => (started++, start());
    const classifier = await disposed(create(lenet5({ classes: 3 }), { backend: 'wasm', worker }));
    for (let i = 0; i < 4; i++) await refused(classifier.predict(drawn('line')), 'worker', /has ended\./);
    assert.equal(started, 4);
    for (let i = 0; i < 2; i++) await refused(classifier.predict(drawn('line')), 'worker', /ended again and again/);
    await refused(classifier.export(), 'worker', /ended again and again/);
    assert.equal(started, 4);
  });

  it('nothing comes back after dispose', async () => {
    const classifier = await mortal();
    await dies(classifier);
    const first = worker;
    const coming = answers(classifier);
    classifier.dispose();
    await refused(coming, 'disposed');
    await refused(answers(classifier), 'disposed');
    assert.strictEqual(worker, first);
  });
});
