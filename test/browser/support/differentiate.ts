import type { Device } from '../../../src/backends/device.js';
import { segment } from '../../../src/backends/operations.js';
import { scheduleGradients } from '../../../src/backends/schedule/record.js';
import { compile as compileForWasm } from '../../../src/backends/wasm/engine/compile.js';
import { startEngine } from '../../../src/backends/wasm/engine/engine.js';
import { createState } from '../../../src/backends/wasm/engine/optimizers.js';
import { createParameters as createWasmParameters } from '../../../src/backends/wasm/engine/parameters.js';
import { compile } from '../../../src/backends/webgpu/engine/compile.js';
import { createParameters } from '../../../src/backends/webgpu/engine/parameters.js';
import { sizeOf } from '../../../src/common/shapes.js';
import type { Weights } from '../../../src/models/model.js';
import type { Architecture } from '../../../src/models/lowering/lower.js';
import { openGpu, runOnce } from './webgpu.js';

export interface Gradients {
  output: Float32Array;
  input: Float32Array;
  /** By name, of everything that learns. */
  parameters: Map<string, Float32Array>;
  /** By name, after the forward pass. */
  statistics: Map<string, Float32Array>;
}

/** Of the masks of dropout. */
export const KEY = 0x9e3779b9;

/** Logits of a network and the gradients of sum(logits · upstream) by its input and its parameters. */
export function differentiate(
  device: Device,
  architecture: Architecture,
  weights: Weights,
  inputs: Float32Array,
  upstream: Float32Array,
): Promise<Gradients> {
  const by = device.name === 'webgpu' ? byWebgpu : byWasm;
  return by(architecture, weights, inputs, upstream);
}

async function byWebgpu(
  architecture: Architecture,
  weights: Weights,
  inputs: Float32Array,
  upstream: Float32Array,
): Promise<Gradients> {
  const gpu = await openGpu();
  const parameters = createParameters(gpu, architecture);
  for (const [name, { data }] of weights) parameters.write(name, data);
  const schedule = scheduleGradients(segment(architecture, 0));
  const batch = upstream.length / architecture.classes;
  const given = new Map([
    [schedule.inputs.x, { at: 0, stride: 0 }],
    [schedule.inputs.dy, { at: inputs.length, stride: 0 }],
  ]);
  const base = inputs.length + upstream.length;
  const { program, gradients } = compile(gpu, schedule, { batch, parameters, given, base });
  const arena = await runOnce(gpu, parameters, program, [...inputs, ...upstream], KEY);
  const { y, dx } = schedule.outputs;
  const sum = (name: string, size: number) => {
    const total = new Float32Array(size);
    const { buffer, offset, parts, stride } = gradients.get(name)!;
    for (let part = 0; part < parts; part++)
      total.forEach((_, i) => (total[i]! += arena[program.at(buffer) + offset + part * stride + i]!));
    return total;
  };
  const range = (at: number, size: number) => arena.slice(at, at + size);
  const named = (learns: boolean) => architecture.parameters.filter((parameter) => parameter.learns === learns);
  const statistics = named(false).map(async ({ name }) => [name, await parameters.read(name)] as const);
  const results = {
    output: range(program.at(y), upstream.length),
    input: range(program.at(dx), inputs.length),
    parameters: new Map(named(true).map(({ name, shape }) => [name, sum(name, sizeOf(shape))])),
    statistics: new Map(await Promise.all(statistics)),
  };
  program.dispose();
  parameters.dispose();
  if (gpu.memory.used > 0) throw new Error(`${gpu.memory.used} bytes are left on the GPU.`);
  return results;
}

async function byWasm(
  architecture: Architecture,
  weights: Weights,
  inputs: Float32Array,
  upstream: Float32Array,
): Promise<Gradients> {
  const engine = await startEngine();
  const { heap, threads } = engine;
  const parameters = createWasmParameters(heap, architecture);
  for (const [name, { data }] of weights) parameters.values(name).set(data);
  const gradients = { at: heap.allocate(threads * parameters.count), stride: 4 * parameters.count };
  const state = createState(heap, { optimizer: 'sgd', momentum: 0, from: 0 }, parameters.count);
  const schedule = scheduleGradients(segment(architecture, 0));
  const batch = upstream.length / architecture.classes;
  const key = heap.allocate(1);
  heap.words(key, 1)[0] = KEY;
  const learning = { gradients, state, key, from: 0 };
  const { program, at, builder } = compileForWasm(engine, schedule, { batch, threads, parameters, learning });

  heap.floats(at(schedule.inputs.x), inputs.length).set(inputs);
  heap.floats(at(schedule.inputs.dy), upstream.length).set(upstream);
  program.run();
  const sum = (name: string, size: number) => {
    const total = new Float32Array(size);
    for (let part = 0; part < builder.partsOf(name); part++) {
      const own = heap.floats(builder.gradient(name) + part * gradients.stride, size);
      own.forEach((value, i) => (total[i]! += value));
    }
    return total;
  };
  const named = (learns: boolean) => architecture.parameters.filter((parameter) => parameter.learns === learns);
  const results = {
    output: heap.floats(at(schedule.outputs.y), upstream.length).slice(),
    input: heap.floats(at(schedule.outputs.dx), inputs.length).slice(),
    parameters: new Map(named(true).map(({ name, shape }) => [name, sum(name, sizeOf(shape))])),
    statistics: new Map(named(false).map(({ name }) => [name, parameters.values(name).slice()])),
  };
  program.dispose();
  state.dispose();
  heap.free(gradients.at);
  heap.free(key);
  parameters.dispose();
  const left = heap.used;
  engine.stop();
  if (left > 64) throw new Error(`${left} bytes are left on the heap.`); // the threads' own words
  return results;
}
