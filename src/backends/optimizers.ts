import type { OptimizerName } from '../types.js';
import type { LearnerOptions } from './executor.js';

/** What an optimizer keeps, and what its formula reads; the formulas themselves are kernels. */
export interface OptimizerRule {
  /** Arrays of state, each as large as the parameters. */
  readonly state: readonly string[];
  /** What follows the rate and the weight decay, at step t = 1, 2, … */
  hyper(t: number): readonly number[];
}

/** The share of an average that is kept, and what is taken of the new value. */
const average = (keep: number): [number, number] => [keep, 1 - keep];

const momentum = ({ momentum }: LearnerOptions): OptimizerRule => ({ state: ['m'], hyper: () => [momentum] });

const adam = (): OptimizerRule => {
  const [beta1, beta2] = [0.9, 0.999];
  return {
    state: ['m', 'v'],
    hyper: (t) => [1e-8, ...average(beta1), ...average(beta2), 1 - beta1 ** t, Math.sqrt(1 - beta2 ** t)],
  };
};

/** With PyTorch's constants. */
export const OPTIMIZERS: { readonly [name in OptimizerName]: (options: LearnerOptions) => OptimizerRule } = {
  sgd: () => ({ state: [], hyper: () => [] }),
  momentum,
  nesterov: momentum,
  rmsprop: ({ momentum, centered = false }) => ({
    state: ['v', ...(momentum > 0 ? ['m'] : []), ...(centered ? ['mean'] : [])],
    hyper: () => [1e-8, ...average(0.99), momentum],
  }),
  adagrad: () => ({ state: ['v'], hyper: () => [1e-10] }),
  adadelta: () => ({ state: ['v', 'u'], hyper: () => [1e-6, ...average(0.9)] }),
  adam,
  adamw: adam,
};
