// What a network asks of the GPU: on hardware, the time goes into that.

import { assert } from 'chai';
import { segment } from '../../src/backends/operations.js';
import { scheduleTraining } from '../../src/backends/schedule/record.js';
import { compile } from '../../src/backends/webgpu/engine/compile.js';
import { WebgpuExecutor } from '../../src/backends/webgpu/engine/executor.js';
import { createParameters } from '../../src/backends/webgpu/engine/parameters.js';
import { initialise } from '../../src/models/initialise.js';
import { lower } from '../../src/models/lowering/lower.js';
import { lenet5, miniVgg, mlp, resnet, resnet9 } from '../../src/models/zoo.js';
import type { Spec } from '../../src/types.js';
import { draws } from '../support/draws.js';
import { countGpu } from './support/gpu-counts.js';
import { openGpu } from './support/webgpu.js';

const BATCH = 16;
const STEPS = 10;
const MOMENTUM = { optimizer: 'momentum', momentum: 0.9, from: 0 } as const;

/** Dispatches of a step. */
const MOST: [string, Spec, number][] = [
  ['LeNet-5', lenet5(), 6],
  ['an MLP', mlp([784, 512, 10]), 9],
  ['MiniVGG', miniVgg(), 12],
  ['ResNet', resnet([2, 2, 2], { input: [32, 32, 3] }), 57],
  ['ResNet-9', resnet9(), 37],
];

describe('dispatches of a training step, 16 examples, momentum', () => {
  for (const [name, spec, most] of MOST)
    it(`${name}: at most ${most}`, async () => {
      const gpu = await openGpu();
      const architecture = lower(spec);
      const parameters = createParameters(gpu, architecture);
      const learning = { options: MOMENTUM, parameters };
      const schedule = scheduleTraining(segment(architecture, 0), 'crossEntropy');
      const { program } = compile(gpu, schedule, { batch: BATCH, parameters, learning });
      program.dispose();
      parameters.dispose();
      assert.isAtMost(program.dispatches, most);
    });
});

describe('what LeNet-5 asks of the GPU', () => {
  const architecture = lower(lenet5());
  const draw = draws(1);
  const count = BATCH * STEPS;
  const inputs = draw.normal(count * 784);
  const targets = new Float32Array(count * 10);
  for (let i = 0; i < count; i++) targets[10 * i + draw.whole(0, 9)] = 1;
  const open = async () => {
    const executor = new WebgpuExecutor(await openGpu(), architecture);
    for (const [name, { data }] of initialise(architecture, 0)) executor.write(name, data);
    return executor;
  };

  it('an answer: one submit, one read-back; at most four pipelines before the first', async () => {
    const executor = await open();
    const infer = () => executor.infer(inputs.slice(0, 784), 1, 0, architecture.boundaries.length - 1);
    const first = await countGpu(infer);
    assert.isAtMost(first.pipelines, 4);
    const { submits, readBacks, pipelines } = await countGpu(infer);
    assert.deepEqual({ submits, readBacks, pipelines }, { submits: 1, readBacks: 1, pipelines: 0 });
    executor.dispose();
  });

  it('an epoch: one submit, one read-back, and from the second one on no samples go there', async () => {
    const executor = await open();
    const learner = executor.learner(MOMENTUM);
    const examples = { inputs, targets };
    const epoch = () =>
      learner.epoch({
        order: Uint32Array.from({ length: count }, (_, i) => i),
        batches: Array.from({ length: STEPS }, () => BATCH),
        rates: Array.from({ length: STEPS }, () => 0.01),
        examples,
        batch: () => Promise.reject(new Error('The data set is kept.')),
        onSteps: async () => {},
      });
    await epoch();
    const { dispatches, submits, readBacks, bytes, pipelines } = await countGpu(epoch);
    assert.deepEqual({ submits, readBacks, pipelines }, { submits: 1, readBacks: 1, pipelines: 0 });
    assert.isAtMost(dispatches, 6 * STEPS + 1); // one gathers the examples of all steps
    assert.isAtMost(bytes, 4 * count + 256 * STEPS + 32); // their order, and what each step is told
    learner.dispose();
    executor.dispose();
  });
});
