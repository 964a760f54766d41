// GPUs that go away under a classifier: with a word, as drivers that crash do, or without one, as Safari's under memory
// pressure, whose results never come.

import { assert } from 'chai';
import { create, load } from 'handful';
import type { Classifier, FineTuneOptions, WebGpuDevice } from 'handful';
import { disposedAfterEach, refused, tiny, trainedFile } from '../support/sdk-classifiers.js';
import { nth } from '../support/lists.js';
import { drawings, symbols } from '../support/sdk-drawings.js';
import { watchDevices } from './support/adapters.js';
import { watchBuffers } from './support/gpu-buffers.js';

const disposed = disposedAfterEach();
const { mapAsync } = GPUBuffer.prototype;
const { popErrorScope } = GPUDevice.prototype;

/** From now on GPUs yield nothing any more. @returns What ends that. */
function silence(): () => void {
  GPUBuffer.prototype.mapAsync = () => new Promise(() => {});
  GPUDevice.prototype.popErrorScope = () => new Promise(() => {});
  return () => {
    GPUBuffer.prototype.mapAsync = mapAsync;
    GPUDevice.prototype.popErrorScope = popErrorScope;
  };
}

/** Waits of minutes pass so many times faster. @returns What ends that. */
function hurry(times: number): () => void {
  const { setTimeout } = globalThis;
  const faster = (run: () => void, wait = 0) => setTimeout(run, wait > 60_000 ? wait / times : wait);
  globalThis.setTimeout = faster as typeof setTimeout;
  return () => void (globalThis.setTimeout = setTimeout);
}

const canvas = () => nth(drawings(1), 0).input;

describe('a GPU that goes away', function () {
  this.timeout(60_000);
  let watched: ReturnType<typeof watchDevices>;
  let slow: () => void;
  beforeEach(() => {
    watched = watchDevices();
    slow = hurry(100); // a GPU in software has two minutes
  });
  afterEach(() => {
    watched.restore();
    slow();
  });
  const opened = async () => disposed(load(await trainedFile(), { backend: 'webgpu', worker: false }));
  const newest = () => watched.devices.at(-1)!;

  it('has the question asked again of another one, and the next time of WASM', async () => {
    const classifier = await opened();
    const expected = await classifier.predict(canvas());
    newest().destroy();
    const again = await classifier.predict(canvas());
    assert.equal(again.label, expected.label);
    assert.closeTo(again.confidence, expected.confidence, 1e-4);
    assert.lengthOf(watched.devices, 2);
    assert.equal(classifier.backend.name, 'webgpu');
    assert.match(classifier.backend.reason, /went away once/);
    newest().destroy();
    const last = await classifier.predict(canvas());
    assert.closeTo(last.confidence, expected.confidence, 1e-4);
    assert.equal(classifier.backend.name, 'wasm');
    assert.match(classifier.backend.reason, /^WASM: the GPU went away/);
    assert.lengthOf(watched.devices, 2);
  });

  it('without a word is found out by its silence', async () => {
    const classifier = await opened();
    const expected = await classifier.predict(canvas());
    const speak = silence();
    try {
      const { label, confidence } = await classifier.predict(canvas());
      assert.equal(label, expected.label);
      assert.closeTo(confidence, expected.confidence, 1e-4);
      assert.equal(classifier.backend.name, 'wasm', 'the second was as silent as the first');
    } finally {
      speak();
    }
  });

  const options: FineTuneOptions = { epochs: 6, validation: 0, augment: false, keep: 'always', batchSize: 8 };
  for (const [how, lose] of [
    ['', () => void newest().destroy()],
    [' without a word', silence],
  ] as const)
    it(`in mid-training${how} has work go on from the last epoch`, async () => {
      const create_ = () => disposed(create(tiny, { backend: 'webgpu', worker: false, labels: symbols }));
      const samples = drawings(60); // so many that an epoch takes longer than it is from one progress to the next
      const undisturbed = await (await create_()).fineTune(samples, options);
      const classifier = await create_();
      let speak: (() => void) | undefined;
      let lost = 0;
      try {
        const report = await classifier.fineTune(samples, {
          ...options,
          onProgress({ epoch, phase }) {
            if (phase !== 'training' || (epoch ?? 0) < 3 || lost++) return;
            speak = lose() ?? undefined;
          },
        });
        assert.isAbove(lost, 0);
        assert.deepEqual(
          report.history.map(({ epoch }) => epoch),
          [1, 2, 3, 4, 5, 6],
        );
        // What was taught before is still known: an epoch begins about where it would have.
        const losses = (of: typeof report) => of.history.map(({ loss }) => loss);
        losses(undisturbed)
          .slice(0, 3)
          .forEach((loss, i) => assert.closeTo(losses(report)[i]!, loss, 1e-4));
        assert.isBelow(losses(report)[3]!, losses(report)[0]!);
        assert.equal(report.stopped, 'finished');
        assert.match(classifier.backend.reason, /went away/);
      } finally {
        speak?.();
      }
      assert.isString((await classifier.predict(canvas())).label);
    });
});

describe("a page's own GPU device", () => {
  const device = async () => (await navigator.gpu.requestAdapter())!.requestDevice();
  const predictsOn = async (classifier: Classifier) => (await classifier.predict(canvas())).probabilities;

  it('is used instead of one of our own, by several at once, and is left as it was', async () => {
    const own = await device();
    const watched = watchDevices();
    const buffers = watchBuffers();
    const file = await trainedFile();
    const options = { backend: 'webgpu', worker: false, device: own } as const;
    const [first, second] = [await load(file, options), await create(tiny, { ...options, labels: symbols })];
    const wasm = await disposed(load(file, { backend: 'wasm' }));
    const [found, expected] = [await predictsOn(first), await predictsOn(wasm)];
    found.forEach((value, i) => assert.closeTo(value, expected[i]!, 1e-5));
    await second.fineTune(drawings(3), { epochs: 1 });
    assert.match(first.backend.adapter!, /swiftshader/i);
    const clone = await first.clone();
    assert.lengthOf(watched.devices, 0);
    assert.isAbove(buffers.count(), 0);
    for (const each of [first, second, clone]) each.dispose();
    assert.equal(buffers.count(), 0);
    buffers.restore();
    watched.restore();
    const state = await Promise.race([own.lost, new Promise((resolve) => setTimeout(resolve, 100, 'there'))]);
    assert.equal(state, 'there');
    own.destroy();
  });

  it('that goes away has WASM in its place', async () => {
    const own = await device();
    const classifier = await disposed(load(await trainedFile(), { backend: 'webgpu', worker: false, device: own }));
    const { label } = await classifier.predict(canvas());
    own.destroy();
    assert.equal((await classifier.predict(canvas())).label, label);
    assert.equal(classifier.backend.name, 'wasm');
  });

  it('cannot go to a worker, and has to be one', async () => {
    const own = await device();
    await refused(load(await trainedFile(), { device: own }), 'bad-argument', /device needs worker: false/);
    await refused(create(tiny, { device: {} as WebGpuDevice, worker: false }), 'bad-argument', /takes a GPUDevice/);
    own.destroy();
  });
});
