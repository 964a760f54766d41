// A GPU that goes away in mid-training, as drivers that crash and tabs that sleep make it.

import { assert } from 'chai';
import type { Device } from '../../src/backends/device.js';
import { infer } from '../../src/models/inference.js';
import { initialise } from '../../src/models/initialise.js';
import type { Weights } from '../../src/models/model.js';
import { Network } from '../../src/models/network.js';
import { lower } from '../../src/models/lowering/lower.js';
import { train } from '../../src/training/loop/trainer.js';
import type { TrainOptions } from '../../src/training/loop/train-options.js';
import type { BackendName } from '../../src/types.js';
import { assertClose } from '../support/close.js';
import { nth } from '../support/lists.js';
import { rowsAndColumns, tinyMlp } from '../support/specs.js';
import { openWebgpu } from '../../src/backends/webgpu/open.js';
import { openDevice } from './support/devices.js';
import { assertSame, usage } from './support/leaks.js';
import { countSteps, errorOf, values } from './support/training.js';

const architecture = lower(tinyMlp());
const data = rowsAndColumns(24, 3, 1);
const options: TrainOptions = {
  epochs: 5,
  batchSize: 8,
  optimizer: 'adam',
  learningRate: 0.02,
  momentum: 0.9,
  schedule: 'constant',
  patience: 0,
  seed: 1,
  validation: rowsAndColumns(24, 3, 2),
};

/** The newest device that was asked for. */
let newest: GPUDevice | undefined;
const { requestDevice } = GPUAdapter.prototype;

/** Takes the GPU away from the WebGPU backend in use. */
function destroyGpu(): void {
  newest?.destroy();
}

describe('a GPU lost in mid-training', () => {
  let wasm: Device;
  let found: ReturnType<typeof usage>;
  before(async () => {
    wasm = await openDevice('wasm');
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      return (newest = await requestDevice.call(this, descriptor));
    };
  });
  after(() => {
    wasm.release();
    GPUAdapter.prototype.requestDevice = requestDevice;
  });
  beforeEach(() => void (found = usage(wasm)));
  afterEach(() => assertSame(usage(wasm), found, 'after the test'));

  for (const successor of ['wasm', 'webgpu'] as BackendName[])
    it(`goes on with the last sound weights, on ${successor}`, async () => {
      const gpu = await openDevice('webgpu');
      let network = new Network(architecture, initialise(architecture, 0), gpu);
      let next: Device | undefined;
      const handed: Weights[] = [];
      const fractions: number[] = [];
      const steps = countSteps(network);
      const result = await train(network, data, {
        ...options,
        onProgress: ({ fraction }) => {
          fractions.push(fraction);
          if (steps() >= 6 && handed.length === 0) destroyGpu(); // late in the second epoch
        },
        onLost: async (weights) => {
          handed.push(weights);
          network.dispose();
          gpu.release();
          next = await openDevice(successor);
          return (network = new Network(architecture, weights, next));
        },
      });

      assert.isTrue(gpu.isLost);
      assert.lengthOf(handed, 1);
      const sound = nth(handed, 0);
      for (const { data } of sound.values()) assert.isTrue(data.every(Number.isFinite));
      assert.notEqual(values(sound), values(initialise(architecture, 0)), 'what the first epoch taught is kept');
      assert.equal(result.stopped, 'finished');
      assert.deepEqual(
        result.history.map(({ epoch }) => epoch),
        [1, 2, 3, 4, 5],
      );
      assert.isBelow(nth(result.history, 4).loss, nth(result.history, 0).loss);
      assert.equal(values(await network.read()), values(result.weights));
      assert.isTrue(network.device === next);
      assert.deepEqual(
        fractions,
        fractions.toSorted((a, b) => a - b),
        'progress never falls',
      );
      network.dispose();
      next!.release();
    });

  it('fails as lost where nothing can take its place, and other devices work on', async () => {
    const gpu = await openWebgpu();
    const network = new Network(architecture, initialise(architecture, 0), gpu);
    const steps = countSteps(network);
    const onProgress = () => steps() >= 2 && destroyGpu();
    const error = await errorOf(train(network, data, { ...options, onProgress }));
    assert.equal(error.code, 'backend-lost');
    assert.equal((await errorOf(infer(network, data.inputs))).code, 'backend-lost');
    assert.throws(() => gpu.executor(architecture), /GPU/);
    network.dispose();
    gpu.release();

    const other = new Network(architecture, initialise(architecture, 0), wasm);
    assert.lengthOf(await infer(other, data.inputs), 24 * 3);
    other.dispose();
  });

  it('is lost for inference too, and a new device answers as the old one', async () => {
    const gpu = await openWebgpu();
    const network = new Network(architecture, initialise(architecture, 0), gpu);
    const logits = await infer(network, data.inputs);
    const pending = infer(network, data.inputs);
    destroyGpu();
    assert.equal((await errorOf(pending)).code, 'backend-lost');
    network.dispose();
    gpu.release();

    const again = await openDevice('webgpu');
    const rebuilt = new Network(architecture, initialise(architecture, 0), again);
    assertClose(await infer(rebuilt, data.inputs), logits, 1e-6);
    rebuilt.dispose();
    again.release();
  });
});
