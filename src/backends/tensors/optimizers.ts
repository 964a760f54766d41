import * as tf from '../tf.js';
import type { Tensor, Variable } from '../tf.js';
import type { LearnerOptions } from '../executor.js';

/** Changes variables along their gradients; owns its state (one or two tensors a variable) until `dispose`. */
export interface Optimizer {
  /** One step. Call within `device.run` and `tidy`; `gradients` has one entry for each variable. */
  apply(gradients: ReadonlyMap<string, Tensor>, learningRate: number): void;
  dispose(): void;
}

/** An optimizer over named variables, in PyTorch's formulas and with its defaults. */
export function createOptimizer(
  variables: ReadonlyMap<string, Variable>,
  { optimizer, momentum }: Pick<LearnerOptions, 'optimizer' | 'momentum'>,
): Optimizer {
  switch (optimizer) {
    case 'sgd':
      return new Momentum(variables, 0);
    case 'momentum':
      return new Momentum(variables, momentum);
    case 'adam':
      return new Adam(variables);
  }
}

/** State tensors that last over steps: zero at first, replaced with `set`, which frees the previous value. */
class State {
  private readonly tensors = new Map<string, Tensor>();

  get(name: string, like: Tensor): Tensor {
    return this.tensors.get(name) ?? tf.zerosLike(like);
  }

  set(name: string, value: Tensor): Tensor {
    this.tensors.get(name)?.dispose();
    this.tensors.set(name, tf.keep(value));
    return value;
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
  }
}

/** v = momentum · v + g; w = w - rate · v. Without momentum plain stochastic gradient descent. */
class Momentum implements Optimizer {
  private readonly velocity = new State();

  constructor(
    private readonly variables: ReadonlyMap<string, Variable>,
    private readonly momentum: number,
  ) {}

  apply(gradients: ReadonlyMap<string, Tensor>, rate: number): void {
    for (const [name, gradient] of gradients) {
      const variable = this.variables.get(name)!;
      const step = this.momentum
        ? this.velocity.set(name, tf.add(tf.mul(this.velocity.get(name, variable), this.momentum), gradient))
        : gradient;
      variable.assign(tf.sub(variable, tf.mul(step, rate)));
    }
  }

  dispose(): void {
    this.velocity.dispose();
  }
}

/** Adam (Kingma and Ba 2014): steps by the mean of the gradient over the root of its mean square, bias-corrected. */
class Adam implements Optimizer {
  private readonly mean = new State();
  private readonly meanSquare = new State();
  private steps = 0;

  constructor(
    private readonly variables: ReadonlyMap<string, Variable>,
    private readonly beta1 = 0.9,
    private readonly beta2 = 0.999,
    private readonly epsilon = 1e-8,
  ) {}

  apply(gradients: ReadonlyMap<string, Tensor>, rate: number): void {
    this.steps++;
    const correction1 = 1 - this.beta1 ** this.steps;
    const correction2 = Math.sqrt(1 - this.beta2 ** this.steps);
    const decay = (state: State, name: string, beta: number, value: Tensor) =>
      state.set(name, tf.add(tf.mul(state.get(name, value), beta), tf.mul(value, 1 - beta)));
    for (const [name, gradient] of gradients) {
      const variable = this.variables.get(name)!;
      const mean = decay(this.mean, name, this.beta1, gradient);
      const meanSquare = decay(this.meanSquare, name, this.beta2, tf.square(gradient));
      const scale = tf.add(tf.div(tf.sqrt(meanSquare), correction2), this.epsilon);
      variable.assign(tf.sub(variable, tf.mul(tf.div(mean, scale), rate / correction1)));
    }
  }

  dispose(): void {
    this.mean.dispose();
    this.meanSquare.dispose();
  }
}
