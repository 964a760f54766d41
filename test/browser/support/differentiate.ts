import type { Device } from '../../../src/backends/device.js';
import { TensorExecutor } from '../../../src/backends/tensors/tensor-executor.js';
import type { TensorDevice } from '../../../src/backends/tensors/device.js';
import * as tf from '../../../src/backends/tf.js';
import type { Tensor } from '../../../src/backends/tf.js';
import { Builder } from '../../../src/backends/wasm/engine/builder.js';
import { startEngine } from '../../../src/backends/wasm/engine/engine.js';
import { sequence } from '../../../src/backends/wasm/engine/layers.js';
import { createParameters } from '../../../src/backends/wasm/engine/parameters.js';
import type { Weights } from '../../../src/models/model.js';
import type { Plan } from '../../../src/models/spec.js';

export interface Gradients {
  output: Float32Array;
  input: Float32Array;
  /** By name, of everything that learns. */
  parameters: Map<string, Float32Array>;
  /** By name, after the forward pass. */
  statistics: Map<string, Float32Array>;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Logits of a network and the gradients of sum(logits · upstream) by its input and its parameters. */
export function differentiate(
  device: Device,
  plan: Plan,
  weights: Weights,
  inputs: Float32Array,
  upstream: Float32Array,
  training: boolean,
): Promise<Gradients> {
  if ('run' in device) return byTensors(device as TensorDevice, plan, weights, inputs, upstream, training);
  if (!training) throw new Error('The engine differentiates what it learns by, which is batch statistics.');
  return byEngine(plan, weights, inputs, upstream);
}

async function byTensors(
  device: TensorDevice,
  plan: Plan,
  weights: Weights,
  inputs: Float32Array,
  upstream: Float32Array,
  training: boolean,
): Promise<Gradients> {
  const executor = new TensorExecutor(device, plan);
  for (const [name, { data }] of weights) executor.write(name, data);
  const batch = upstream.length / plan.classes;
  const results = device.run(() => {
    const initial = tf.tensor(inputs, [batch, ...plan.spec.input]);
    const x = tf.variable(initial);
    initial.dispose();
    const learned = executor.learning(0);
    let output!: Tensor;
    const { value, grads } = tf.variableGrads(() => {
      output = tf.keep(executor.forward(x, { training }));
      return tf.sum(tf.mul(output, tf.tensor(upstream, [batch, plan.classes]))) as tf.Scalar;
    }, [x, ...learned.values()]);
    value.dispose();
    const gradients = new Map([...learned].map(([name, variable]) => [name, grads[variable.name]]));
    const input = grads[x.name];
    x.dispose();
    return { output, input, gradients };
  });
  const read = async (tensor: Tensor) => {
    const values = await device.settle(tensor.data());
    tensor.dispose();
    return values as Float32Array;
  };
  const all = async (entries: Iterable<readonly [string, Promise<Float32Array>]>) =>
    new Map(await Promise.all([...entries].map(async ([name, values]) => [name, await values] as const)));
  const gradients = {
    output: await read(results.output),
    input: await read(results.input),
    parameters: await all([...results.gradients].map(([name, tensor]) => [name, read(tensor)])),
    statistics: await all(
      plan.parameters.filter(({ learns }) => !learns).map(({ name }) => [name, executor.read(name)]),
    ),
  };
  executor.dispose();
  return gradients;
}

async function byEngine(
  plan: Plan,
  weights: Weights,
  inputs: Float32Array,
  upstream: Float32Array,
): Promise<Gradients> {
  const engine = await startEngine();
  const { heap } = engine;
  const parameters = createParameters(heap, plan);
  for (const [name, { data }] of weights) parameters.values(name).set(data);
  const shareBytes = 4 * parameters.count;
  const gradients = heap.allocate(engine.threads * parameters.count);
  const shared = new Set<string>();
  const { input } = plan.spec;

  const builder = new Builder(engine, upstream.length / plan.classes, engine.threads);
  const gradient = (name: string) => {
    const at = parameters.at(name);
    return at && gradients + at - parameters.start;
  };
  const context = {
    builder,
    training: true,
    weight: parameters.at,
    gradient,
    inShares: (...names: string[]) => names.forEach((name) => shared.add(name)),
    shareBytes,
  };
  const x = { at: builder.take(sizeOf(input)), shape: input, relu: false };
  const dx = { at: builder.allocate(inputs.length), mask: 0 };
  const network = sequence(context, plan.spec.layers, x);
  const dy = builder.take(plan.classes);
  network.backward(dy, dx);
  const program = builder.finish();

  heap.floats(x.at, inputs.length).set(inputs);
  heap.floats(dy, upstream.length).set(upstream);
  program.run();
  const sum = (name: string, size: number) => {
    const shares = shared.has(name) ? builder.shares : 1;
    const total = new Float32Array(size);
    for (let share = 0; share < shares; share++)
      heap.floats(gradient(name) + share * shareBytes, size).forEach((value, i) => (total[i] += value));
    return total;
  };
  const named = (learns: boolean) => plan.parameters.filter((parameter) => parameter.learns === learns);
  const results = {
    output: heap.floats(network.y.at, upstream.length).slice(),
    input: heap.floats(dx.at, inputs.length).slice(),
    parameters: new Map(named(true).map(({ name, shape }) => [name, sum(name, sizeOf(shape))])),
    statistics: new Map(named(false).map(({ name }) => [name, parameters.values(name).slice()])),
  };
  program.dispose();
  heap.free(gradients);
  parameters.dispose();
  const left = heap.used;
  engine.stop();
  if (left > 64) throw new Error(`${left} bytes are left on the heap.`); // the threads' own words
  return results;
}
