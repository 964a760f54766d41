import * as tf from '../../../src/backends/tf.js';
import type { Tensor } from '../../../src/backends/tf.js';
import type { Network } from '../../../src/models/network.js';

export interface Gradients {
  output: Float32Array;
  input: Float32Array;
  /** By name, of everything that learns. */
  parameters: Map<string, Float32Array>;
}

/** Logits of a network and the gradients of sum(logits · upstream) by its input and its parameters. */
export async function differentiate(
  network: Network,
  inputs: Float32Array,
  upstream: Float32Array,
  training: boolean,
): Promise<Gradients> {
  const { plan, device } = network;
  const batch = upstream.length / plan.classes;
  const results = device.run(() => {
    const initial = tf.tensor(inputs, [batch, ...plan.spec.input]);
    const x = tf.variable(initial);
    initial.dispose();
    const learned = network.trainable();
    let output!: Tensor;
    const { value, grads } = tf.variableGrads(() => {
      output = tf.keep(network.forward(x, { training }));
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
  return {
    output: await read(results.output),
    input: await read(results.input),
    parameters: new Map(
      await Promise.all([...results.gradients].map(async ([name, tensor]) => [name, await read(tensor)] as const)),
    ),
  };
}
