import { assert } from 'chai';
import type { Device } from '../../src/backends/device.js';
import { selectDevice } from '../../src/backends/select.js';
import type { SelectOptions } from '../../src/backends/select.js';
import * as tf from '../../src/backends/tf.js';
import { openWasm } from '../../src/backends/wasm/open.js';
import { openWebgpu, probeWebgpu } from '../../src/backends/webgpu/open.js';
import { infer } from '../../src/models/inference.js';
import { initialise } from '../../src/models/initialise.js';
import { Network } from '../../src/models/network.js';
import { plan } from '../../src/models/spec.js';
import { createTrial } from '../../src/training/trial.js';
import type { BackendName } from '../../src/types.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { float64, forward } from '../support/oracle.js';
import { randomWeights, tinyNet } from '../support/specs.js';
import { leakCheck, usage } from './support/leaks.js';
import { errorOf } from './support/training.js';

const thePlan = plan(tinyNet());
const options: Omit<SelectOptions, 'backend'> = {
  remember: 'tiny',
  trial: (device) => createTrial(thePlan, initialise(thePlan, 0), device),
};

async function twice(device: Device, value: number): Promise<number[]> {
  const result = device.run(() => tf.tidy(() => tf.add(tf.tensor([value]), tf.tensor([value]))));
  const values = await device.settle(result.data());
  result.dispose();
  return Array.from(values);
}

/** Not the backend itself, which a failed assertion would print, heap and all. */
const isStarted = (name: BackendName) => name in tf.engine().registry;

describe('the WASM device', () => {
  it('has threads where memory can be shared and there are cores enough, and nowhere else', async () => {
    const device = await openWasm({});
    assert.equal(device.name, 'wasm');
    assert.equal(device.info.simd, 'relaxed');
    const threads = crossOriginIsolated && navigator.hardwareConcurrency >= 4;
    assert.equal(device.info.threads! > 1, threads);
    assert.deepEqual(await twice(device, 21), [42]);
    device.release();
  });

  for (const threads of [true, false])
    it(`computes alike ${threads ? 'with' : 'without'} threads if told to`, async () => {
      const device = await openWasm({ threads });
      if (!threads) assert.equal(device.info.threads, 1);
      const weights = randomWeights(tinyNet(), draws(1));
      const network = new Network(thePlan, weights, device);
      const inputs = draws(2).normal(70 * 36);
      const logits = await infer(network, inputs);
      network.dispose();
      device.release();
      assertClose(logits, forward(tinyNet(), float64(weights), Float64Array.from(inputs), false), 1e-5);
    });

  it('is shared by all who open it, freed with the last of them, and can be opened anew', async () => {
    const [first, second] = await Promise.all([openWasm({}), openWasm({})]);
    assert.deepEqual(await twice(first, 2), [4]);
    assert.isTrue(isStarted('wasm'));
    first.release();
    first.release(); // a second time changes nothing
    assert.deepEqual(await twice(second, 3), [6]);
    second.release();
    assert.isFalse(isStarted('wasm'));
    const again = await openWasm({});
    assert.deepEqual(await twice(again, 4), [8]);
    again.release();
  });

  for (const [what, base, code] of [
    ['a missing file', '/test-server/404', 'not-found'],
    ["a server's error", '/test-server/500', 'network'],
    ['a page instead', '/test-server/html', 'network'],
    ['a connection that breaks', '/test-server/cut/node_modules/@tensorflow/tfjs-backend-wasm/dist', 'network'],
  ])
    it(`refuses ${what}, naming the URL, and can be opened afterwards`, async () => {
      const error = await errorOf(openWasm({ assetBase: new URL(base, location.href).href }));
      assert.equal(error.code, code);
      assert.include(error.message, `${location.origin}${base}/tfjs-backend-wasm`);
      assert.match(error.message, /\.wasm\b/);
      const device = await openWasm({});
      assert.deepEqual(await twice(device, 5), [10]);
      device.release();
    });

  it('refuses a base that is no URL', async () => {
    const error = await errorOf(openWasm({ assetBase: 'assets' }));
    assert.equal(error.code, 'bad-argument');
    assert.match(error.message, /'assets'/);
  });

  const slow = '/test-server/slow/node_modules/@tensorflow/tfjs-backend-wasm/dist';
  it('stops its download when aborted', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const start = performance.now();
    const call = openWasm({ assetBase: new URL(slow, location.href).href, signal: controller.signal });
    assert.equal((await errorOf(call)).code, 'aborted');
    assert.isBelow(performance.now() - start, 5000);
    assert.equal((await errorOf(openWasm({ signal: AbortSignal.abort() }))).code, 'aborted');
  });

  it("opens for one caller though another's signal aborts", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const assetBase = new URL(slow, location.href).href;
    const aborted = errorOf(openWasm({ assetBase, signal: controller.signal }));
    const device = await openWasm({});
    assert.equal((await aborted).code, 'aborted');
    assert.deepEqual(await twice(device, 6), [12]);
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
    assert.deepEqual(await twice(device, 21), [42]);
    device.release();
  });

  it('is shared, freed and opened anew', async () => {
    const [first, second] = await Promise.all([openWebgpu(), openWebgpu()]);
    first.release();
    assert.deepEqual(await twice(second, 3), [6]);
    second.release();
    assert.isFalse(isStarted('webgpu'));
    const again = await openWebgpu();
    assert.deepEqual(await twice(again, 4), [8]);
    again.release();
  });

  it('takes turns with the WASM device', async () => {
    const [wasm, webgpu] = await Promise.all([openWasm({}), openWebgpu()]);
    for (let i = 0; i < 5; i++) {
      const results = await Promise.all([twice(wasm, i), twice(webgpu, i), twice(wasm, -i - 1)]);
      assert.deepEqual(results.map(([value]) => value), [2 * i, 2 * i, -2 * i - 2]); // prettier-ignore
    }
    wasm.release();
    assert.deepEqual(await twice(webgpu, 7), [14]);
    webgpu.release();
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
    assert.isFalse(isStarted('wasm'), 'it was the only owner');
  });

  it('fails as the backend does', async () => {
    const assetBase = new URL('/test-server/404', location.href).href;
    assert.equal((await errorOf(selectDevice({ ...options, assetBase }))).code, 'not-found');
  });

  for (const open of [() => openWasm({}), openWebgpu])
    it('is timed by real steps, which leave nothing behind', async () => {
      const device = await open();
      const before = usage(device);
      await leakCheck(device, async () => {
        const trial = createTrial(thePlan, initialise(thePlan, 0), device);
        await trial.step();
        await trial.step();
        trial.dispose();
      });
      assert.deepEqual(usage(device), before);
      device.release();
    });
});
