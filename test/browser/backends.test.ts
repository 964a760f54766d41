import { assert } from 'chai';
import type { Device } from '../../src/backends/device.js';
import { selectDevice } from '../../src/backends/select.js';
import type { SelectOptions } from '../../src/backends/select.js';
import { openWasm } from '../../src/backends/wasm/open.js';
import { openWebgpu, probeWebgpu } from '../../src/backends/webgpu/open.js';
import { infer } from '../../src/models/inference.js';
import { initialise } from '../../src/models/initialise.js';
import { Network } from '../../src/models/network.js';
import { lower } from '../../src/models/lowering/lower.js';
import { createTrial } from '../../src/training/loop/timing-trial.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { at } from '../support/lists.js';
import { float64, forward } from '../support/oracle.js';
import { randomWeights, tinyNet } from '../support/specs.js';
import { leakCheck, usage } from './support/leaks.js';

const architecture = lower(tinyNet());
const options: Omit<SelectOptions, 'backend'> = {
  remember: 'tiny',
  trial: (device) => createTrial(architecture, initialise(architecture, 0), device),
};

/** Infers and learns a little, and compares with a float64 oracle. */
async function computes(device: Device): Promise<void> {
  const weights = randomWeights(tinyNet(), draws(1));
  const network = new Network(architecture, weights, device);
  const inputs = draws(2).normal(70 * 36);
  const logits = await infer(network, inputs);
  assertClose(logits, forward(lower(tinyNet()), float64(weights), Float64Array.from(inputs), false), 1e-5);
  const learner = network.learner({ optimizer: 'sgd', momentum: 0, from: 0 });
  const truth = new Float32Array(7 * 3).map((_, i) => Number(i % 3 === 1));
  const losses = [];
  for (let i = 0; i < 5; i++) losses.push((await learner.step(inputs.slice(0, 7 * 36), truth, 0.05)).loss);
  assert.isBelow(at(losses, 4), at(losses, 0));
  learner.dispose();
  network.dispose();
}

type Gpu = { requestAdapter: (options: object) => Promise<object | null> };
const { gpu } = navigator as unknown as { gpu: Gpu };

/** While something runs, the browser's answer to who asks for an adapter. */
async function withAdapter(answer: () => Promise<object | null>, run: () => Promise<void>): Promise<void> {
  Object.defineProperty(gpu, 'requestAdapter', { value: answer, configurable: true });
  try {
    await run();
  } finally {
    Reflect.deleteProperty(gpu, 'requestAdapter');
  }
}

/** The adapter in software under a name that does not say so. */
async function hardware(): Promise<object | null> {
  const prototype = Object.getPrototypeOf(gpu) as Gpu;
  const adapter = await prototype.requestAdapter.call(gpu, {});
  return new Proxy(adapter!, {
    get(target, name) {
      if (name === 'info') return { vendor: 'some GPU' };
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

describe('the WASM device', () => {
  it('has threads where memory can be shared, as many as there are cores up to four, and nowhere else', async () => {
    const device = await openWasm({});
    assert.equal(device.name, 'wasm');
    assert.equal(device.info.simd, 'relaxed');
    // A page may not wait for threads, and these tests are pages.
    assert.equal(device.info.threads, 1);
    await computes(device);
    device.release();
  });

  it('is shared by all who open it, freed with the last of them, and can be opened anew', async () => {
    const [first, second] = await Promise.all([openWasm({}), openWasm({})]);
    const network = new Network(architecture, initialise(architecture, 0), first);
    assert.isAbove(second.memory().used, 0);
    network.dispose();
    assert.equal(second.memory().used, 0);
    first.release();
    first.release(); // a second time changes nothing
    await computes(second);
    second.release();
    const again = await openWasm({});
    await computes(again);
    again.release();
  });

  it('keeps networks apart', async () => {
    const device = await openWasm({});
    await Promise.all([computes(device), computes(device)]);
    assert.equal(device.memory().used, 0);
    device.release();
  });
});

describe('the WebGPU device', () => {
  it('runs in software here, and says on what', async () => {
    const adapter = await probeWebgpu();
    assert.isTrue(adapter!.software);
    const device = await openWebgpu();
    assert.equal(device.name, 'webgpu');
    assert.equal(device.info.adapter, adapter!.description);
    assert.match(device.info.adapter!, /swiftshader/i);
    assert.isFalse(device.isLost);
    await computes(device);
    device.release();
  });

  it('is shared, freed and opened anew', async () => {
    const [first, second] = await Promise.all([openWebgpu(), openWebgpu()]);
    const network = new Network(architecture, initialise(architecture, 0), first);
    assert.isAbove(second.memory().used, 0);
    network.dispose();
    assert.equal(second.memory().used, 0);
    first.release();
    await computes(second);
    second.release();
    assert.equal(second.memory().used, 0);
    const again = await openWebgpu();
    await computes(again);
    again.release();
  });
});

describe('the choice of a backend', () => {
  for (const backend of ['wasm', 'webgpu'] as const)
    it(`is ${backend} where that is asked for`, async () => {
      const { device, info } = await selectDevice({ ...options, backend });
      assert.equal(device.name, backend);
      assert.equal(info.name, backend);
      assert.match(info.reason, /asked for/);
      device.release();
    });

  it('is never a GPU in software by itself, and says so', async () => {
    const { device, info } = await selectDevice(options);
    assert.equal(device.name, 'wasm');
    assert.match(info.reason, /swiftshader.*software/i);
    assert.isUndefined(info.timings);
    device.release();
    assert.equal(device.memory().used, 0);
  });

  it('does not wait for a GPU process that never answers', async function () {
    this.timeout(20_000);
    await withAdapter(
      () => new Promise(() => {}),
      async () => {
        const { device, info } = await selectDevice(options);
        assert.match(info.reason, /no WebGPU adapter/);
        device.release();
      },
    );
  });

  it('remembers what was timed in a database that it holds open for nobody, and does without', async () => {
    const opened: IDBDatabase[] = [];
    const request = (request: IDBOpenDBRequest) =>
      new Promise<string>((resolve, reject) => {
        request.onblocked = () => resolve('blocked');
        request.onsuccess = () => resolve('done');
        request.onerror = () => reject(request.error!);
      });
    const remove = () => request(indexedDB.deleteDatabase('handful-backends'));
    await withAdapter(hardware, async () => {
      const choose = async () => {
        const { device, info } = await selectDevice(options);
        device.release();
        return info.reason;
      };
      await remove();
      assert.match(await choose(), /just now/);
      assert.match(await choose(), /when it was timed/);
      assert.equal(await remove(), 'done'); // nobody waits for us
      assert.match(await choose(), /just now/);
      const holding = indexedDB.open('handful-backends');
      await request(holding);
      opened.push(holding.result); // as another tab that does not let go
      const removing = indexedDB.deleteDatabase('handful-backends');
      assert.equal(await request(removing), 'blocked');
      assert.match(await choose(), /just now/); // though the database does not answer
      holding.result.close();
      await request(removing);
    });
  });

  for (const open of [() => openWasm({}), openWebgpu])
    it('is timed by real steps, which leave nothing behind', async () => {
      const device = await open();
      const before = usage(device);
      await leakCheck(device, async () => {
        const trial = createTrial(architecture, initialise(architecture, 0), device);
        await trial.step();
        await trial.step();
        trial.dispose();
      });
      assert.deepEqual(usage(device), before);
      device.release();
    });
});
