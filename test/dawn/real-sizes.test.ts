// Whole networks at the sizes that people use, for which a GPU in software is too slow in a browser.

import { assert } from 'chai';
import type { Device } from '../../src/backends/device.js';
import { openWasm } from '../../src/backends/wasm/open.js';
import { openWebgpu } from '../../src/backends/webgpu/open.js';
import { sizeOf } from '../../src/common/shapes.js';
import { infer } from '../../src/models/inference.js';
import { initialise } from '../../src/models/initialise.js';
import { lower } from '../../src/models/lowering/lower.js';
import { Network } from '../../src/models/network.js';
import { lenet5, miniVgg, mlp, resnet, resnet9 } from '../../src/models/zoo.js';
import type { OptimizerName, Spec } from '../../src/types.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';

/** With the optimizer, the batch of a step, and how many examples answers are asked for; little of what is slow in software. */
const NETWORKS: [string, Spec, OptimizerName, number, number][] = [
  ['LeNet-5', lenet5(), 'adam', 16, 64],
  ['an MLP', mlp([784, 512, 256, 128, 64, 10]), 'momentum', 16, 64],
  ['MiniVGG', miniVgg(), 'adamw', 16, 64],
  ['ResNet', resnet([2, 2, 2], { input: [32, 32, 3] }), 'momentum', 16, 5],
  ['ResNet on odd sizes', resnet([1, 1], { input: [27, 29, 1], classes: 7 }), 'nesterov', 7, 3],
  ['ResNet-9', resnet9(), 'momentum', 2, 1],
];

describe('networks at real sizes on WebGPU do as on WASM', () => {
  let wasm: Device;
  let webgpu: Device;
  before(async () => void ([wasm, webgpu] = await Promise.all([openWasm({}), openWebgpu()])));
  after(() => [wasm, webgpu].forEach((device) => device.release()));

  for (const [name, spec, optimizer, batch, count] of NETWORKS)
    it(name, async () => {
      const learned = await learn(wasm, spec, { optimizer, batch, count });
      const own = await learn(webgpu, spec, { optimizer, batch, count });
      assertClose(own.losses, learned.losses, 2e-4, 'losses');
      assertClose(own.logits, learned.logits, 2e-3, 'logits');
      const again = await learn(webgpu, spec, { optimizer, batch, count });
      assert.deepEqual(again, own, 'the same bits again');
    });
});

/** Two steps on random examples, then answers. */
async function learn(
  device: Device,
  spec: Spec,
  { optimizer, batch, count }: { optimizer: OptimizerName; batch: number; count: number },
) {
  const architecture = lower(spec);
  const network = new Network(architecture, initialise(architecture, 1), device);
  const learner = network.learner({ optimizer, momentum: 0.9, from: 0 });
  const draw = draws(7);
  const size = sizeOf(spec.input);
  const losses: number[] = [];
  for (let step = 0; step < 2; step++) {
    const targets = new Float32Array(batch * architecture.classes);
    for (let i = 0; i < batch; i++) targets[i * architecture.classes + draw.whole(0, architecture.classes - 1)] = 1;
    losses.push((await learner.step(draw.normal(batch * size), targets, 1e-3)).loss);
  }
  const logits = await infer(network, draw.normal(count * size));
  learner.dispose();
  network.dispose();
  return { losses, logits: [...logits] };
}
