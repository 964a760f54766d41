// Losses and optimizers on WebGPU, as PyTorch computes them. (Those of WASM are unit tests of its kernels.)

import { assert } from 'chai';
import type { VirtualBuffer } from '../../src/backends/schedule/steps.js';
import { OPTIMIZERS } from '../../src/backends/optimizers.js';
import { compile } from '../../src/backends/webgpu/engine/compile.js';
import { update } from '../../src/backends/webgpu/engine/emitters/update.js';
import { createMemory } from '../../src/backends/webgpu/engine/memory.js';
import { createParameters } from '../../src/backends/webgpu/engine/parameters.js';
import { createProgram } from '../../src/backends/webgpu/engine/program.js';
import { ProgramBuilder } from '../../src/backends/webgpu/engine/program-builder.js';
import { assertClose } from '../support/close.js';
import type { LossCase, OptimizerCases } from '../support/pytorch.js';
import { fixture } from './support/fixtures.js';
import { openGpu, runOnce } from './support/webgpu.js';

const buffer = (name: string, size: number, isFixed = false): VirtualBuffer => {
  return { name, size, isFixed, type: 'float32', isRectified: false };
};

describe('softmax cross-entropy on WebGPU', () => {
  it("has PyTorch's values and gradients, of large logits too", async () => {
    const gpu = await openGpu();
    const parameters = createParameters(gpu, { parameters: [] });
    for (const one of await fixture<LossCase[]>('losses.json')) {
      const [batch = 0, classes = 0] = one.logits.shape;
      const [output, targets, dy] = ['y', 'targets', 'dy'].map((name) => buffer(name, classes)) as [
        VirtualBuffer,
        VirtualBuffer,
        VirtualBuffer,
      ];
      const loss = buffer('loss', 1, true);
      const operation = { kind: 'softmaxCrossEntropy', x: { shape: [classes] } } as const;
      const schedule = {
        steps: [{ pass: 'loss', operation, output, targets, loss, dy } as const],
        inputs: { output, targets },
        outputs: { loss, dy },
      };
      const size = batch * classes;
      const given = new Map([
        [output, { at: 0, stride: 0 }],
        [targets, { at: size, stride: 0 }],
      ]);
      const { program } = compile(gpu, schedule, { batch, parameters, given, base: 2 * size });
      const truth = one.labels.flatMap((label) => Array.from({ length: classes }, (_, i) => Number(i === label)));
      const arena = await runOnce(gpu, parameters, program, [...one.logits.data, ...truth]);
      const scale = Math.max(1, one.loss);
      assertClose([(arena[program.at(loss)] ?? NaN) / scale], [one.loss / scale], 1e-6, `${one.title}: loss`);
      const gradient = arena.slice(program.at(dy), program.at(dy) + size);
      assertClose(gradient, one.gradient.data, 1e-6, `${one.title}: gradient`);
      program.dispose();
    }
    parameters.dispose();
  });
});

describe('optimizers on WebGPU', () => {
  it("take PyTorch's steps", async () => {
    const { start, gradients, cases } = await fixture<OptimizerCases>('optimizers.json');
    for (const one of cases) await follow(one, start, gradients);
  });

  async function follow(
    one: OptimizerCases['cases'][0],
    start: OptimizerCases['start'],
    gradients: OptimizerCases['gradients'],
  ): Promise<void> {
    const gpu = await openGpu();
    const { learningRate, momentum = 0, weightDecay = 0 } = one.options;
    const title = `${one.optimizer} ${JSON.stringify(one.options)}`;
    const options = { optimizer: one.optimizer, momentum, weightDecay, from: 0 };
    const named = Object.entries(start).map(([name, { shape }]) => ({ name, shape, layer: 0, learns: true }));
    const parameters = createParameters(gpu, { parameters: named });
    for (const [name, { data }] of Object.entries(start)) parameters.write(name, Float32Array.from(data));
    const builder = new ProgramBuilder(1);
    const given = new Map<VirtualBuffer, { at: number; stride: number }>();
    for (const { name, size } of parameters.learning(0)) {
      const gradient = buffer(`d ${name}`, size, true);
      given.set(gradient, { at: parameters.at(name), stride: 0 });
      builder.gradient(name, { buffer: gradient, offset: 0 });
    }
    update(builder, { options, parameters });
    const program = createProgram(gpu, builder.calls, {
      batch: 1,
      parameters,
      given,
      results: [],
      base: parameters.count,
    });
    const rule = OPTIMIZERS[one.optimizer](options);
    const memory = createMemory(gpu, parameters, rule.state.length);
    memory.reserve({ arena: parameters.count, slots: 1, steps: 1 });
    await program.ready();
    let compared = 0;
    for (const [index, gradient] of gradients.entries()) {
      for (const [name, { data }] of Object.entries(gradient))
        gpu.device.queue.writeBuffer(memory.arena, 4 * parameters.at(name), Float32Array.from(data));
      memory.tell([{ number: 0, hyper: [learningRate, weightDecay, ...rule.hyper(index + 1)] }]);
      await gpu.run((encoder) => {
        const pass = encoder.beginComputePass();
        program.encode(pass, memory.bindings, 0);
        pass.end();
      }, []);
      for (const [name, { data }] of Object.entries(one.after[index + 1] ?? {})) {
        assertClose(await parameters.read(name), data, 1e-6, `${title}: ${name} at ${index + 1}`);
        compared++;
      }
    }
    assert.equal(compared, Object.keys(one.after).length * named.length);
    for (const each of [program, memory, parameters]) each.dispose();
    assert.equal(gpu.memory.used, 0);
  }
});
