import type { OptimizerName } from '../../../types.js';
import type { LearnerOptions } from '../../executor.js';
import { OPTIMIZERS } from '../../optimizers.js';
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

/** An optimizer's kernel over a range (assembly/f32_*_step.ts); `state` tells where an array of state is, 0 if there is none. */
type Kernel = (range: Omit<Range, 'offset'> & { hyper: number }, state: (name: string) => number) => KernelCall;

const momentum =
  (nesterov: boolean): Kernel =>
  (range, state) => ({ kernel: 'f32_momentum_step', ...range, m: state('m'), nesterov });

const adam =
  (decoupled: boolean): Kernel =>
  (range, state) => ({ kernel: 'f32_adam_step', ...range, m: state('m'), v: state('v'), decoupled });

const KERNELS: { readonly [name in OptimizerName]: Kernel } = {
  sgd: (range) => ({ kernel: 'f32_sgd_step', ...range }),
  momentum: momentum(false),
  nesterov: momentum(true),
  rmsprop: (range, state) => ({
    kernel: 'f32_rmsprop_step',
    ...{ ...range, v: state('v'), m: state('m'), mean: state('mean') },
  }),
  adagrad: (range, state) => ({ kernel: 'f32_adagrad_step', ...range, v: state('v') }),
  adadelta: (range, state) => ({ kernel: 'f32_adadelta_step', ...range, v: state('v'), u: state('u') }),
  adam: adam(false),
  adamw: adam(true),
};

const HYPERS = 16; // more than any kernel reads

/** @param count Floats that all parameters take. */
export function createState(heap: Heap, options: LearnerOptions, count: number): OptimizerState {
  const rule = OPTIMIZERS[options.optimizer](options);
  const call = KERNELS[options.optimizer];
  const hyper = heap.allocate(HYPERS);
  const arrays = new Map(rule.state.map((name) => [name, heap.allocate(count)]));
  let steps = 0;
  return {
    step({ offset, ...range }) {
      const state = (name: string) => {
        const array = arrays.get(name);
        return array === undefined ? 0 : array + offset;
      };
      return call({ ...range, hyper }, state);
    },
    advance(rate) {
      heap.floats(hyper, HYPERS).set([rate, options.weightDecay ?? 0, ...rule.hyper(++steps)]);
    },
    dispose() {
      for (const address of [hyper, ...arrays.values()]) heap.free(address);
    },
  };
}
