import { assert } from 'chai';
import type { Device } from '../../src/backends/device.js';
import { openWasm } from '../../src/backends/wasm/open.js';
import { openWebgpu, probeWebgpu } from '../../src/backends/webgpu/open.js';
import { infer } from '../../src/models/inference.js';
import { initialise } from '../../src/models/initialise.js';
import { Network } from '../../src/models/network.js';
import { lower } from '../../src/models/lowering/lower.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { at } from '../support/lists.js';
import { float64, forward } from '../support/oracle.js';
import { randomWeights, tinyNet } from '../support/specs.js';

const architecture = lower(tinyNet());
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
