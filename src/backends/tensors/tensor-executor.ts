import type { Executor, Learner, LearnerOptions } from '../executor.js';
import { segment } from '../operations.js';
import type { LoweredNetwork } from '../operations.js';
import * as tf from '../tf.js';
import type { Variable } from '../tf.js';
import { forward } from './forward.js';
import type { Variables } from './forward.js';
import { createLearner } from './learner.js';
import type { TensorDevice } from './tensor-device.js';

/** A network as tfjs's operations. */
export class TensorExecutor implements Executor {
  private readonly variables: Variables;

  constructor(
    private readonly device: TensorDevice,
    private readonly network: LoweredNetwork,
  ) {
    const variables = new Map<string, Variable>();
    device.run(() =>
      tf.tidy(() => {
        for (const { name, shape, learns } of network.parameters)
          variables.set(name, tf.variable(tf.zeros([...shape]), learns));
      }),
    );
    this.variables = variables;
  }

  async infer(inputs: Float32Array, count: number, from: number, to: number): Promise<Float32Array> {
    const part = segment(this.network, from, to);
    const result = this.device.run(() =>
      tf.tidy(() => forward(part, this.variables, tf.tensor(inputs, [count, ...part.input.shape]), false)),
    );
    try {
      return (await this.device.settle(result.data())) as Float32Array;
    } finally {
      result.dispose();
    }
  }

  learner(options: LearnerOptions): Learner {
    return createLearner(this.device, this.network, this.variables, options);
  }

  async read(name: string): Promise<Float32Array> {
    const data = await this.device.settle(this.variable(name).data());
    return (data as Float32Array).slice();
  }

  write(name: string, values: Float32Array): void {
    const variable = this.variable(name);
    this.device.run(() => {
      // WebGPU uploads values when they are first used, and until then keeps the very array it was given.
      const tensor = tf.tensor(values.slice(), variable.shape);
      variable.assign(tensor);
      tensor.dispose();
    });
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
  }

  private variable(name: string): Variable {
    const found = this.variables.get(name);
    if (!found) throw new Error(`The network has no parameter '${name}'.`);
    return found;
  }
}
