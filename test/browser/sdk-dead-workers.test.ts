import { assert } from 'chai';
import { disposedAfterEach, refused, trained } from '../support/sdk-classifiers.js';
import { watchedWorker } from '../support/sdk-watched-worker.js';

const wasm = { backend: 'wasm' } as const;

describe('workers that die', () => {
  const disposed = disposedAfterEach();

  /** Without an error or any other event, as when a phone takes its memory back. */
  const silentEnds: [string, (worker: Worker) => void][] = [
    ['closes itself', (worker) => worker.postMessage('close')],
    ['is ended from outside', (worker) => worker.terminate()],
  ];
  for (const [how, end] of silentEnds)
    it(`one that ${how} in a fineTune: that call, those behind it, an abort and later ones are told in time`, async () => {
      const { start } = watchedWorker('addEventListener("message", ({ data }) => { if (data === "close") close() })');
      let worker!: Worker;
      const classifier = await disposed(trained({ ...wasm, worker: () => (worker = start()) }));
      const controller = new AbortController();
      const { signal } = controller;
      const samples = [{ input: new Float32Array(784).fill(0.5), label: 'line' }];
      let moving!: (progress: unknown) => void;
      const moves = new Promise((resolve) => (moving = resolve));
      const tuning = classifier.fineTune(samples, { epochs: 100_000, keep: 'always', onProgress: moving });
      const behind = classifier.predict(new Float32Array(784), { signal });
      const told = Promise.all([refused(tuning, 'worker', /has ended/), behind.catch(({ code }) => code as string)]);
      await moves;
      end(worker);
      controller.abort();
      const since = performance.now();
      const [, code] = await told;
      assert.include(['aborted', 'worker'], code);
      assert.isBelow(performance.now() - since, 2000);
      await refused(classifier.predict(new Float32Array(784)), 'worker', /has ended/);
      await refused(classifier.export(), 'worker', /has ended/);
    });
});
