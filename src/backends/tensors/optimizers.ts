import * as tf from '../tf.js';
import type { Tensor, Variable } from '../tf.js';
import type { LearnerOptions } from '../executor.js';

/** Changes variables along their gradients; owns its state (a few tensors a variable) until `dispose`. */
export interface Optimizer {
  /** One step. Call within `device.run` and `tidy`; `gradients` has one entry for each variable. */
  apply(gradients: ReadonlyMap<string, Tensor>, learningRate: number): void;
  dispose(): void;
}

/** How far a variable moves against its gradient, as a share of the learning rate, at step t = 1, 2, … */
type Rule = (gradient: Tensor, state: (name: string) => State, t: number) => Tensor;

/** A tensor that lasts over steps: zeros at first. */
interface State {
  get(): Tensor;
  /** Frees the previous value and returns the new one. */
  set(value: Tensor): Tensor;
}

/** An optimizer over named variables, in PyTorch's formulas and with its constants. */
export function createOptimizer(
  variables: ReadonlyMap<string, Variable>,
  options: Pick<LearnerOptions, 'optimizer' | 'momentum' | 'centered' | 'weightDecay'>,
): Optimizer {
  const { optimizer, weightDecay = 0 } = options;
  const rule = ruleOf(options);
  const decoupled = optimizer === 'adamw'; // Loshchilov and Hutter 2017
  const kept = new Map<string, Tensor>();
  let steps = 0;
  return {
    apply(gradients, rate) {
      steps++;
      for (const [name, gradient] of gradients) {
        const variable = variables.get(name) as Variable;
        const decay = (tensor: Tensor) => tf.add(tensor, tf.mul(variable, weightDecay));
        const state = (what: string): State => {
          const key = `${what} of ${name}`;
          return {
            get: () => kept.get(key) ?? tf.zerosLike(variable),
            set(value) {
              kept.get(key)?.dispose();
              kept.set(key, tf.keep(value));
              return value;
            },
          };
        };
        const step = rule(weightDecay && !decoupled ? decay(gradient) : gradient, state, steps);
        variable.assign(tf.sub(variable, tf.mul(weightDecay && decoupled ? decay(step) : step, rate)));
      }
    },
    dispose() {
      for (const tensor of kept.values()) tensor.dispose();
      kept.clear();
    },
  };
}

function ruleOf({ optimizer, momentum, centered }: Pick<LearnerOptions, 'optimizer' | 'momentum' | 'centered'>): Rule {
  switch (optimizer) {
    case 'sgd':
      return (gradient) => gradient;
    case 'momentum':
      return (gradient, state) => velocity(state('velocity'), momentum, gradient);
    case 'nesterov':
      return (gradient, state) => tf.add(gradient, tf.mul(velocity(state('velocity'), momentum, gradient), momentum));
    case 'rmsprop': // Tieleman and Hinton 2012
      return (gradient, state) => {
        const meanSquare = average(state('mean square'), 0.99, tf.square(gradient));
        const mean = centered && average(state('mean'), 0.99, gradient);
        const spread = mean ? tf.sub(meanSquare, tf.square(mean)) : meanSquare;
        const step = tf.div(gradient, tf.add(tf.sqrt(spread), 1e-8));
        return momentum > 0 ? velocity(state('velocity'), momentum, step) : step;
      };
    case 'adagrad': // Duchi et al. 2011
      return (gradient, state) => {
        const squares = state('squares');
        return tf.div(gradient, tf.add(tf.sqrt(squares.set(tf.add(squares.get(), tf.square(gradient)))), 1e-10));
      };
    case 'adadelta': // Zeiler 2012
      return (gradient, state) => {
        const meanSquare = average(state('mean square'), 0.9, tf.square(gradient));
        const before = tf.sqrt(tf.add(state('steps').get(), 1e-6));
        const step = tf.mul(tf.div(before, tf.sqrt(tf.add(meanSquare, 1e-6))), gradient);
        average(state('steps'), 0.9, tf.square(step));
        return step;
      };
    case 'adam': // Kingma and Ba 2014
    case 'adamw':
      return (gradient, state, t) => {
        const [beta1, beta2] = [0.9, 0.999];
        const mean = average(state('mean'), beta1, gradient);
        const meanSquare = average(state('mean square'), beta2, tf.square(gradient));
        const scale = tf.add(tf.div(tf.sqrt(meanSquare), Math.sqrt(1 - beta2 ** t)), 1e-8);
        return tf.div(tf.div(mean, scale), 1 - beta1 ** t);
      };
  }
}

const velocity = (state: State, momentum: number, gradient: Tensor): Tensor =>
  state.set(tf.add(tf.mul(state.get(), momentum), gradient));

const average = (state: State, keep: number, value: Tensor): Tensor =>
  state.set(tf.add(tf.mul(state.get(), keep), tf.mul(value, 1 - keep)));
