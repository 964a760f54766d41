import type { Device } from '../../../src/backends/device.js';
import { segment } from '../../../src/backends/operations.js';
import { scheduleGradients } from '../../../src/backends/schedule/record.js';
import { forward } from '../../../src/backends/tensors/forward.js';
import { learningFrom } from '../../../src/backends/tensors/learner.js';
import type { TensorDevice } from '../../../src/backends/tensors/tensor-device.js';
import * as tf from '../../../src/backends/tf.js';
import type { Tensor } from '../../../src/backends/tf.js';
import { compile } from '../../../src/backends/wasm/engine/compile.js';
import { startEngine } from '../../../src/backends/wasm/engine/engine.js';
import { createState } from '../../../src/backends/wasm/engine/optimizers.js';
import { createParameters } from '../../../src/backends/wasm/engine/parameters.js';
import { sizeOf } from '../../../src/common/shapes.js';
import type { Weights } from '../../../src/models/model.js';
import type { Architecture } from '../../../src/models/lowering/lower.js';

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
  training: boolean,
): Promise<Gradients> {
  if ('run' in device) return byTensors(device as TensorDevice, architecture, weights, inputs, upstream, training);
  if (!training) throw new Error('The engine differentiates what it learns by, which is batch statistics.');
  return byEngine(architecture, weights, inputs, upstream);
}

async function byTensors(
  device: TensorDevice,
  architecture: Architecture,
  weights: Weights,
  inputs: Float32Array,
  upstream: Float32Array,
  training: boolean,
): Promise<Gradients> {
  const batch = upstream.length / architecture.classes;
  const variables = new Map<string, tf.Variable>();
  device.run(() =>
    tf.tidy(() => {
      for (const { name, shape, learns } of architecture.parameters)
        variables.set(name, tf.variable(tf.tensor(weights.get(name)!.data.slice(), [...shape]), learns));
    }),
  );
  const results = device.run(() => {
    const initial = tf.tensor(inputs, [batch, ...architecture.spec.input]);
    const x = tf.variable(initial);
    initial.dispose();
    const learned = learningFrom(architecture, variables, 0);
    let output!: Tensor;
    const { value, grads } = tf.variableGrads(() => {
      output = tf.keep(forward(segment(architecture, 0), variables, x, training, KEY));
      return tf.sum<tf.Scalar>(tf.mul(output, tf.tensor(upstream, [batch, architecture.classes])));
    }, [x, ...learned.values()]);
    value.dispose();
    const gradients = new Map([...learned].map(([name, variable]) => [name, grads[variable.name]!]));
    const input = grads[x.name]!;
    x.dispose();
    return { output, input, gradients };
  });
  const read = async (tensor: Tensor) => {
    const values = await device.settle(tensor.data());
    tensor.dispose();
    return (values as Float32Array).slice();
  };
  const all = async (entries: Iterable<readonly [string, Promise<Float32Array>]>) =>
    new Map(await Promise.all([...entries].map(async ([name, values]) => [name, await values] as const)));
  const gradients = {
    output: await read(results.output),
    input: await read(results.input),
    parameters: await all([...results.gradients].map(([name, tensor]) => [name, read(tensor)])),
    statistics: await all(
      architecture.parameters.filter(({ learns }) => !learns).map(({ name }) => [name, read(variables.get(name)!)]),
    ),
  };
  for (const { name, learns } of architecture.parameters) if (learns) variables.get(name)!.dispose();
  return gradients;
}

async function byEngine(
  architecture: Architecture,
  weights: Weights,
  inputs: Float32Array,
  upstream: Float32Array,
): Promise<Gradients> {
  const engine = await startEngine();
  const { heap, threads } = engine;
  const parameters = createParameters(heap, architecture);
  for (const [name, { data }] of weights) parameters.values(name).set(data);
  const gradients = { at: heap.allocate(threads * parameters.count), stride: 4 * parameters.count };
  const state = createState(heap, { optimizer: 'sgd', momentum: 0, from: 0 }, parameters.count);
  const schedule = scheduleGradients(segment(architecture, 0));
  const batch = upstream.length / architecture.classes;
  const key = heap.allocate(1);
  heap.words(key, 1)[0] = KEY;
  const learning = { gradients, state, key, from: 0 };
  const { program, at, builder } = compile(engine, schedule, { batch, threads, parameters, learning });

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
