// Programs on several threads. Pages may not wait for threads, so a worker does: it runs this same file.

import { assert } from 'chai';
import { WasmExecutor } from '../../src/backends/wasm/engine/wasm-executor.js';
import { startEngine } from '../../src/backends/wasm/engine/engine.js';
import { createProgram } from '../../src/backends/wasm/engine/program.js';
import { lenet5, mlp, miniVgg, resnet } from '../../src/models/zoo.js';
import { lower } from '../../src/models/lowering/lower.js';
import type { Spec } from '../../src/types.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { nth } from '../support/lists.js';
import { randomWeights, tinyNet } from '../support/specs.js';

const specs: Record<string, Spec> = {
  tiny: tinyNet(),
  lenet5: lenet5(),
  mlp: mlp([784, 130, 70, 10]),
  miniVgg: miniVgg(),
  resnet: resnet([1, 1], { input: [12, 12, 3] }),
};

interface Results {
  threads: number;
  /** Logits of 9 examples and of one before and after 8 steps with 6 and 1 with 1; the losses; all weights. */
  values: Record<string, Float32Array[]>;
  bytesLeft: number;
}

/** What is asked of the worker. */
interface Job {
  threads: number;
  fail?: boolean;
}

async function work({ threads, fail }: Job): Promise<Results | string> {
  const engine = await startEngine(threads);
  await engine.startThreads();
  const before = engine.heap.used;
  if (fail) {
    const call = { kernel: 'f32_add', args: [2 ** 31 - 64, 64, 128, 8] } as const; // no such memory
    const program = createProgram(engine, [[[], [call]]], () => {});
    for (let i = 0; i < 4; i++)
      try {
        program.run();
        return 'it did not fail';
      } catch {
        // as it should, time after time
      }
  }
  const values: Results['values'] = {};
  for (const [name, spec] of Object.entries(specs)) {
    const architecture = lower(spec);
    const executor = new WasmExecutor(engine, architecture);
    for (const [key, { data }] of randomWeights(spec, draws(1))) {
      const smaller = data.map((x) => x / 4);
      executor.write(key, smaller);
    }
    const size = spec.input.reduce((a, b) => a * b);
    const inputs = draws(2).normal(9 * size);
    const truth = (count: number) =>
      new Float32Array(count * architecture.classes).map((_, i) => Number(i % architecture.classes === i % 3));
    const infer = (count: number) =>
      executor.infer(inputs.slice(0, count * size), count, 0, architecture.shapes.length);
    const all = [await infer(9), await infer(1)];
    const learner = executor.learner({ optimizer: 'sgd', momentum: 0, from: 0 } as never);
    const losses = [];
    for (let i = 0; i < 8; i++) losses.push((await learner.step(inputs.slice(0, 6 * size), truth(6), 1e-3)).loss);
    losses.push((await learner.step(inputs.slice(0, size), truth(1), 1e-3)).loss);
    all.push(Float32Array.from(losses), await infer(9), await infer(1));
    for (const parameter of architecture.parameters) all.push(await executor.read(parameter.name));
    learner.dispose();
    executor.dispose();
    values[name] = all;
  }
  const results = { threads: engine.threads, values, bytesLeft: engine.heap.used - before };
  engine.stop();
  return results;
}

if (typeof document === 'undefined')
  onmessage = ({ data }: MessageEvent<Job>) =>
    void work(data).then(postMessage, (error: unknown) => postMessage(String(error)));
else
  describe('programs on several threads', function () {
    const inWorker = (job: Job) =>
      new Promise<Results>((resolve, reject) => {
        const worker = new Worker(import.meta.url, { type: 'module' });
        const end = (settle: () => void) => {
          worker.terminate();
          settle();
        };
        worker.onerror = ({ message }) => end(() => reject(new Error(message)));
        worker.onmessage = ({ data }: MessageEvent<Results | string>) =>
          end(() => (typeof data === 'string' ? reject(new Error(data)) : resolve(data)));
        worker.postMessage(job);
      });

    const result = ({ values }: Results, name: string, i: number) => nth(values[name] ?? [], i);
    let one: Results;
    before(async () => void (one = await inWorker({ threads: 1 })));

    for (const threads of [2, 3])
      it(`${threads} threads compute what one does, and the same bits every time`, async () => {
        const [first, second] = [await inWorker({ threads }), await inWorker({ threads })];
        assert.equal(first.threads, crossOriginIsolated ? threads : 1);
        assert.equal(first.bytesLeft, 0);
        for (const [name, values] of Object.entries(one.values))
          values.forEach((expected, i) => {
            const found = result(first, name, i);
            assert.deepEqual(found, result(second, name, i), `${name} ${i}: again`);
            assertClose(found, expected, 2e-5, `${name} ${i}`);
          });
      });

    if (crossOriginIsolated)
      it('goes on after a kernel that failed in another thread', async () => {
        const found = await inWorker({ threads: 2, fail: true });
        assert.equal(found.threads, 2);
        assertClose(result(found, 'tiny', 0), result(one, 'tiny', 0), 1e-5);
      });
  });
