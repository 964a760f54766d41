import type { OptimizerName } from '../../../types.js';
import type { LearnerOptions } from '../../executor.js';
import type { KernelCall } from '../kernel-call.js';
import type { Heap } from './heap.js';

/** A range of parameters `w` with its gradient `g`, the sum of `parts` arrays `stride` bytes apart. */
interface Range {
  w: number;
  g: number;
  /** Bytes from the first parameter to `w`: the optimizer's state is laid out as the parameters are. */
  offset: number;
  count: number;
  parts: number;
  stride: number;
}

/** An optimizer's memory of past gradients, and its hyperparameters. */
export interface OptimizerState {
  /** The call that moves a range of parameters. */
  step(range: Range): KernelCall;
  /** Before each run: sets what changes from step to step. */
  advance(rate: number): void;
  dispose(): void;
}

/** What sets an optimizer's kernel apart (assembly/f32_optimizer_steps.ts). */
interface Optimizer {
  /** The arrays of state that it keeps, by the names of the kernel's arguments. */
  state: readonly string[];
  call(range: Omit<Range, 'offset'> & { hyper: number }, state: (name: string) => number): KernelCall;
  /** What follows the rate and the weight decay, at step t = 1, 2, … */
  hyper(t: number): readonly number[];
}

/** The share of an average that is kept, and what is taken of the new value. */
const average = (keep: number): [number, number] => [keep, 1 - keep];

const momentum = (nesterov: boolean, { momentum }: LearnerOptions): Optimizer => ({
  state: ['m'],
  call: (range, state) => ({ kernel: 'f32_momentum_step', ...range, m: state('m'), nesterov }),
  hyper: () => [momentum],
});

const adam = (decoupled: boolean): Optimizer => {
  const [beta1, beta2] = [0.9, 0.999];
  return {
    state: ['m', 'v'],
    call: (range, state) => ({ kernel: 'f32_adam_step', ...range, m: state('m'), v: state('v'), decoupled }),
    hyper: (t) => [1e-8, ...average(beta1), ...average(beta2), 1 - beta1 ** t, Math.sqrt(1 - beta2 ** t)],
  };
};

/** With PyTorch's constants. */
const OPTIMIZERS: { readonly [name in OptimizerName]: (options: LearnerOptions) => Optimizer } = {
  sgd: () => ({ state: [], call: (range) => ({ kernel: 'f32_sgd_step', ...range }), hyper: () => [] }),
  momentum: (options) => momentum(false, options),
  nesterov: (options) => momentum(true, options),
  rmsprop: ({ momentum, centered = false }) => ({
    state: ['v', ...(momentum > 0 ? ['m'] : []), ...(centered ? ['mean'] : [])],
    call: (range, state) => ({
      kernel: 'f32_rmsprop_step',
      ...{ ...range, v: state('v'), m: state('m'), mean: state('mean') },
    }),
    hyper: () => [1e-8, ...average(0.99), momentum],
  }),
  adagrad: () => ({
    state: ['v'],
    call: (range, state) => ({ kernel: 'f32_adagrad_step', ...range, v: state('v') }),
    hyper: () => [1e-10],
  }),
  adadelta: () => ({
    state: ['v', 'u'],
    call: (range, state) => ({ kernel: 'f32_adadelta_step', ...range, v: state('v'), u: state('u') }),
    hyper: () => [1e-6, ...average(0.9)],
  }),
  adam: () => adam(false),
  adamw: () => adam(true),
};

const HYPERS = 16; // more than any kernel reads

/** @param count Floats that all parameters take. */
export function createState(heap: Heap, options: LearnerOptions, count: number): OptimizerState {
  const optimizer = OPTIMIZERS[options.optimizer](options);
  const hyper = heap.allocate(HYPERS);
  const arrays = new Map(optimizer.state.map((name) => [name, heap.allocate(count)]));
  let steps = 0;
  return {
    step({ offset, ...range }) {
      const state = (name: string) => {
        const array = arrays.get(name);
        return array === undefined ? 0 : array + offset;
      };
      return optimizer.call({ ...range, hyper }, state);
    },
    advance(rate) {
      heap.floats(hyper, HYPERS).set([rate, options.weightDecay ?? 0, ...optimizer.hyper(++steps)]);
    },
    dispose() {
      for (const address of [hyper, ...arrays.values()]) heap.free(address);
    },
  };
}
