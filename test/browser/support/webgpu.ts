import { Gpu } from '../../../src/backends/webgpu/engine/gpu.js';
import { createMemory } from '../../../src/backends/webgpu/engine/memory.js';
import type { Parameters } from '../../../src/backends/webgpu/engine/parameters.js';
import type { Program } from '../../../src/backends/webgpu/engine/program.js';

let opened: Promise<Gpu> | undefined;

/** The engine's own view of the GPU; one for all tests of a page, so that each kernel is compiled once. */
export function openGpu(): Promise<Gpu> {
  return (opened ??= start());
}

async function start(): Promise<Gpu> {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('There is no WebGPU adapter.');
  return new Gpu(await adapter.requestDevice(), 120_000);
}

/**
 * Runs a program once.
 * @param values What the arena begins with.
 * @param key Of dropout's masks.
 * @returns The whole arena.
 */
export async function runOnce(
  gpu: Gpu,
  parameters: Parameters,
  program: Program,
  values: ArrayLike<number>,
  key = 0,
): Promise<Float32Array> {
  const memory = createMemory(gpu, parameters);
  const { result, checked } = gpu.guard(() => {
    memory.reserve({ arena: program.size, slots: 1, steps: 1 });
    memory.tell([{ number: 0, key, hyper: [] }]);
    gpu.device.queue.writeBuffer(memory.arena, 0, Float32Array.from(values));
    return program.ready();
  });
  await Promise.all([result, checked]);
  const [arena = new Float32Array()] = await gpu.run(
    (encoder) => {
      const pass = encoder.beginComputePass();
      program.encode(pass, memory.bindings, 0);
      pass.end();
    },
    [[memory.arena, 0, 4 * program.size]],
  );
  memory.dispose();
  return arena;
}
