// What `auto` makes of a GPU: work is faked, so that it is known which device is faster at it; the devices are real.

import { assert } from 'chai';
import { Backends } from '../../src/backends/backends.js';
import type { BackendsOptions } from '../../src/backends/backends.js';
import { timingOf } from '../../src/backends/auto/trial.js';
import type { Workload } from '../../src/backends/auto/trial.js';
import type { Device } from '../../src/backends/device.js';
import { openWasm } from '../../src/backends/wasm/open.js';
import { initialise } from '../../src/models/initialise.js';
import { lower } from '../../src/models/lowering/lower.js';
import { trainingWorkload } from '../../src/training/loop/training-workload.js';
import { answeringWorkload } from '../../src/workers/host/answering-workload.js';
import type { Model } from '../../src/models/model.js';
import type { BackendName } from '../../src/types.js';
import { nth } from '../support/lists.js';
import { tinyNet } from '../support/specs.js';
import { hardware, watchDevices, withAdapter } from './support/adapters.js';
import { openDevice } from './support/devices.js';
import { leakCheck, usage } from './support/leaks.js';

const AUTO: BackendsOptions = { backend: 'auto' };

const wait = (time: number) => new Promise<void>((resolve) => setTimeout(resolve, time));
const never = () => new Promise<never>(() => {});

let works = 0;

/** Milliseconds of a clock that only work moves on, so that it does not matter how busy this machine is. */
let clock = 0;

/** Work that takes so many milliseconds on each device, or does something else on WebGPU. */
function work(wasm: number, webgpu: number | (() => Promise<void>)) {
  const runs: Record<BackendName, number> = { wasm: 0, webgpu: 0 };
  const workload: Workload = {
    name: `work ${++works} ${Math.random()}`,
    sizes: [1],
    least: 1,
    start: (device: Device) => ({
      async run() {
        runs[device.name]++;
        if (device.name === 'wasm') clock += wasm;
        else if (typeof webgpu === 'number') clock += webgpu;
        else await webgpu();
      },
      dispose: () => {},
    }),
  };
  return { workload, runs };
}
const slow = () => work(1, 20);
const fast = () => work(20, 1);

function forget(): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('handful-backends');
    request.onblocked = () => resolve('blocked');
    request.onsuccess = () => resolve('done');
    request.onerror = () => reject(request.error!);
  });
}

describe('auto', () => {
  let wasm: Device;
  let watched: ReturnType<typeof watchDevices>;
  const { now } = performance;
  before(async () => void (wasm = await openWasm({})));
  after(() => wasm.release());
  beforeEach(async () => {
    watched = watchDevices();
    await forget();
    performance.now = () => clock;
  });
  afterEach(() => {
    watched.restore();
    performance.now = now;
  });
  /** Devices that were not destroyed. */
  const alive = async () => {
    const states = watched.devices.map(({ lost }) => Promise.race([lost.then(() => false), wait(50).then(() => true)]));
    return (await Promise.all(states)).filter(Boolean).length;
  };

  for (const backend of ['wasm', 'webgpu'] as const)
    it(`is not asked where ${backend} is`, async () => {
      const backends = await Backends.open({ backend });
      await backends.speedUp(fast().workload);
      assert.equal(backends.forAnswers(1).name, backend);
      assert.equal((await backends.forLearning(fast().workload)).name, backend);
      const { name, reason, uses, timings } = backends.info;
      assert.equal(name, backend);
      assert.match(reason, /asked for/);
      assert.deepEqual(uses, { predict: backend, predictBatch: backend, fineTune: backend });
      assert.isUndefined(timings);
      backends.release();
      assert.equal(await alive(), 0);
    });

  it('never tries a GPU in software, and says so', async () => {
    const backends = await Backends.open(AUTO);
    const { workload, runs } = fast();
    await backends.speedUp(workload);
    assert.equal(backends.forAnswers(1).name, 'wasm');
    assert.match(backends.info.reason, /WASM.*swiftshader.*software/i);
    assert.deepEqual(runs, { wasm: 0, webgpu: 0 });
    assert.lengthOf(watched.devices, 0);
    backends.release();
  });

  it('answers on WASM at once, changes over to what is faster, and remembers it', () =>
    withAdapter(hardware, async () => {
      const { workload, runs } = fast();
      const first = await Backends.open(AUTO);
      assert.match(first.info.reason, /^WASM: it answers at once/);
      const trial = first.speedUp(workload);
      assert.equal(first.forAnswers(1).name, 'wasm');
      await trial;
      assert.equal(first.forAnswers(1).name, 'webgpu');
      const { name, adapter, reason, timings } = first.info;
      assert.deepEqual({ name, adapter }, { name: 'webgpu', adapter: 'some GPU' });
      assert.equal(
        reason,
        'WebGPU answers one input in 1 ms, WASM in 20 ms; WebGPU answers 1 at once in 1 ms, WASM in 20 ms. Timed on this device just now.',
      );
      assert.deepEqual(timings!.predict, { wasm: 20, webgpu: 1 });
      first.release();

      const before = { ...runs };
      const second = await Backends.open(AUTO);
      await second.speedUp(workload);
      assert.equal(second.forAnswers(1).name, 'webgpu');
      assert.match(second.info.reason, /at an earlier visit/);
      assert.deepEqual(runs, { wasm: before.wasm, webgpu: before.webgpu + 1 }); // to compile; nothing is timed
      second.release();
      assert.equal(await alive(), 0);
    }));

  it('stays on WASM where WebGPU is not faster by a third, and lets the GPU go', () =>
    withAdapter(hardware, async () => {
      for (const { workload, says } of [
        { ...slow(), says: /^WASM answers one input in 1 ms, WebGPU in 20 ms; / },
        { ...work(20, 17), says: /too little to change over/ },
      ]) {
        for (const opened of [1, 1]) {
          const backends = await Backends.open(AUTO);
          await backends.speedUp(workload);
          assert.equal(backends.forAnswers(1).name, 'wasm');
          assert.match(backends.info.reason, says);
          assert.equal(watched.devices.length, opened, 'the second time it was known without the GPU');
          assert.equal(await alive(), 0);
          backends.release();
        }
        watched.devices.length = 0;
      }
    }));

  it('decides on answers and on learning apart', () =>
    withAdapter(hardware, async () => {
      const backends = await Backends.open(AUTO);
      await backends.speedUp(slow().workload);
      const learning = fast().workload;
      for (let i = 0; i < 50 && (await backends.forLearning(learning)).name !== 'webgpu'; i++) await wait(100);
      assert.equal(backends.forAnswers(1).name, 'wasm');
      assert.deepEqual(backends.info.uses, { predict: 'wasm', predictBatch: 'wasm', fineTune: 'webgpu' });
      assert.match(backends.info.reason, /^WASM answers .*WebGPU learns /);
      backends.release();
      assert.equal(await alive(), 0);
    }));

  it('decides by how many inputs there are', () => {
    const timings = [
      { examples: 1, wasm: 1, webgpu: 5 },
      { examples: 64, wasm: 64, webgpu: 8 },
    ];
    assert.deepEqual(timingOf(timings, 1), nth(timings, 0));
    assert.deepEqual(timingOf(timings, 22), { examples: 22, wasm: 22, webgpu: 6 });
    assert.deepEqual(timingOf(timings, 1000), nth(timings, 1));
  });

  for (const [what, webgpu] of [
    ['hangs', never],
    ['fails', () => Promise.reject(new Error('no such shader'))],
    ['loses the device', () => wait(5).then(() => void watched.devices.at(-1)!.destroy())],
  ] as const)
    it(`does without a GPU whose trial ${what}, and after three such visits does not try`, () =>
      withAdapter(hardware, async () => {
        const { workload, runs } = work(5, webgpu);
        for (const tries of [1, 2, 3, 3]) {
          const backends = await Backends.open(AUTO);
          await backends.speedUp(workload);
          assert.equal(backends.forAnswers(1).name, 'wasm');
          assert.match(backends.info.reason, /WASM: WebGPU was tried without success/);
          assert.equal(watched.devices.length, tries);
          backends.release();
          assert.equal(await alive(), 0);
        }
        assert.isAbove(runs.webgpu, 2);
      }));

  it('forgets a trial that learning did not wait for, and has another one the next time', () =>
    withAdapter(
      async () => {
        await wait(1200);
        return hardware();
      },
      async () => {
        const { workload, runs } = fast();
        const backends = await Backends.open(AUTO);
        assert.equal((await backends.forLearning(workload)).name, 'wasm');
        for (let i = 0; i < 100 && !/disturbed/.test(backends.info.reason); i++) await wait(100);
        assert.isAbove(runs.webgpu, 0);
        assert.equal(backends.info.uses.fineTune, 'wasm');
        const before = runs.webgpu;
        for (let i = 0; i < 50 && runs.webgpu === before; i++) {
          await backends.forLearning(workload);
          await wait(100);
        }
        assert.isAbove(runs.webgpu, before);
        backends.release();
      },
    ));

  it('waits a second at most for a browser that does not answer', () =>
    withAdapter(never, async () => {
      const backends = await Backends.open(AUTO);
      const start = Date.now();
      assert.equal((await backends.forLearning(fast().workload)).name, 'wasm');
      assert.isBelow(Date.now() - start, 4000);
      backends.release();
    }));

  it('is over at once when it is disposed of in a trial', () =>
    withAdapter(hardware, async () => {
      const found = usage(wasm);
      const model: Model = {
        ...{ spec: tinyNet(), labels: ['a', 'b', 'c'], preprocess: { kind: 'none' } },
        weights: initialise(lower(tinyNet()), 0),
      } as never;
      const workload = answeringWorkload(model);
      for (const moment of [0, 5, 20, 50]) {
        const backends = await Backends.open(AUTO);
        const trial = workload.start;
        let ended = 0;
        let started = 0;
        const over = backends.speedUp({
          ...workload,
          start(device) {
            started++;
            const runs = trial(device);
            return { ...runs, dispose: () => (ended++, runs.dispose()) };
          },
        });
        await wait(moment);
        backends.release();
        await over;
        for (let i = 0; i < 50 && ended < started; i++) await wait(100);
        assert.equal(ended, started);
        assert.equal(await alive(), 0);
        assert.deepEqual(usage(wasm), found);
      }
    }));

  it('remembers in a database that it holds open for nobody, and does without', () =>
    withAdapter(hardware, async () => {
      const { workload } = slow();
      const reason = async () => {
        const backends = await Backends.open(AUTO);
        await backends.speedUp(workload);
        backends.release();
        return backends.info.reason;
      };
      assert.match(await reason(), /just now/);
      assert.match(await reason(), /at an earlier visit/);
      assert.equal(await forget(), 'done'); // nobody waits for us
      assert.match(await reason(), /just now/);
      const holding = indexedDB.open('handful-backends');
      await new Promise((resolve) => (holding.onsuccess = resolve)); // as another tab that does not let go
      const removing = indexedDB.deleteDatabase('handful-backends');
      await new Promise((resolve) => (removing.onblocked = resolve));
      assert.match(await reason(), /WASM/); // though the database does not answer
      holding.result.close();
      await new Promise((resolve) => (removing.onsuccess = resolve));
    }));

  const architecture = lower(tinyNet());
  const weights = initialise(architecture, 0);
  const real = {
    answers: answeringWorkload({ spec: tinyNet(), weights } as Model),
    learning: trainingWorkload(architecture, weights, { from: 0, batchSize: 4 }),
    'learning of the last layers': trainingWorkload(architecture, weights, { from: 3, batchSize: 4 }),
  };
  for (const [name, workload] of Object.entries(real))
    for (const backend of ['wasm', 'webgpu'] as const)
      it(`times real ${name}, which leave nothing behind, on ${backend}`, async () => {
        const device = await openDevice(backend);
        const found = usage(device);
        await leakCheck(device, async () => {
          const runs = workload.start(device);
          await runs.run(workload.least);
          await runs.run(9);
          runs.dispose();
        });
        assert.deepEqual(usage(device), found);
        device.release();
      });
});
