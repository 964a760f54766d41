// `auto` from the outside: real networks, real trials, on a GPU in software that does not say so.

import { assert } from 'chai';
import { create, load } from 'handful';
import { assertNear, disposedAfterEach, sleep, tiny, trainedFile } from '../support/sdk-classifiers.js';
import { drawings, symbols } from '../support/sdk-drawings.js';
import { hardware, withAdapter } from './support/adapters.js';

const disposed = disposedAfterEach();
const inputs = drawings(3).map(({ input }) => input);

describe('a classifier whose backend is auto', () => {
  it('answers the same before, during and after its trial, and then says what that found', () =>
    withAdapter(hardware, async () => {
      const wasm = await disposed(load(await trainedFile(), { backend: 'wasm' }));
      const classifier = await disposed(load(await trainedFile(), { worker: false }));
      assert.match(classifier.backend.reason, /^WASM: it answers at once/);
      const expected = await wasm.predictBatch(inputs);
      const check = async () => {
        const found = await classifier.predictBatch(inputs);
        found.forEach(({ probabilities }, i) => assertNear(probabilities, expected[i]!.probabilities, 1e-4));
      };
      await check();
      assert.equal(classifier.backend.name, 'wasm');
      const end = performance.now() + 30_000;
      while (/at once\. Whether/.test(classifier.backend.reason) && performance.now() < end) {
        await check();
        await sleep(10);
      }
      await check();
      // In software it may compute all that in time, or not.
      const { reason, timings, uses } = classifier.backend;
      assert.match(reason, /(answers one input in .* answers 64 at once in .* just now|tried without success)/);
      if (timings) {
        const { wasm, webgpu } = timings.predict!;
        assert.equal(uses.predict, 1.3 * webgpu < wasm ? 'webgpu' : 'wasm');
      }
    }));

  it('learns, whatever becomes of the trial of that', () =>
    withAdapter(hardware, async () => {
      const classifier = await disposed(create(tiny, { worker: false, labels: symbols }));
      const report = await classifier.fineTune(drawings(6), { epochs: 20, validation: 0, keep: 'always' });
      assert.isAbove(report.after.accuracy, 0.9);
      const { uses, reason } = classifier.backend;
      assert.match(reason, /(learns from 80 samples in|tried without success|at once)/);
      assert.oneOf(uses.fineTune, ['wasm', 'webgpu']);
    }));
});
