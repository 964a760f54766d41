import type { LearnerOptions } from '../../executor.js';
import type { Builder } from './builder.js';
import type { Heap } from './heap.js';
import { FLOAT } from './layers.js';

/** An optimizer's memory of past gradients, laid out as the parameters are, and its hyperparameters. */
export interface OptimizerState {
  readonly kernel: string;
  /** The arrays beside the parameters; 0 for one that is not wanted. */
  readonly arrays: readonly number[];
  /** Address of the hyperparameters that the kernel reads. */
  readonly hyper: number;
  /** What the kernel takes after them. */
  readonly flags: readonly number[];
  /** Before each step: sets what changes from step to step. */
  advance(rate: number): void;
  dispose(): void;
}

/** What sets an optimizer's kernel apart (assembly/f32_*_step.ts). */
interface Kernel {
  name: string;
  /** Which arrays of state it has; 0 for one that is not wanted. */
  state: (0 | 1)[];
  flags: number[];
  /** What follows the rate and the weight decay, at step t = 1, 2, … */
  hyper: (t: number) => number[];
}

/** The share of an average that is kept, and what is taken of the new value. */
const average = (keep: number): number[] => [keep, 1 - keep];

/** With PyTorch's constants. */
function kernelOf({ optimizer, momentum }: LearnerOptions): Kernel {
  const [beta1, beta2] = [0.9, 0.999];
  switch (optimizer) {
    case 'sgd':
      return { name: 'f32_sgd_step', state: [], flags: [], hyper: () => [] };
    case 'momentum':
    case 'nesterov': {
      const flags = [Number(optimizer === 'nesterov')];
      return { name: 'f32_momentum_step', state: [1], flags, hyper: () => [momentum] };
    }
    case 'rmsprop':
      return { name: 'f32_rmsprop_step', state: [1, 0, 0], flags: [], hyper: () => [1e-8, ...average(0.99), 0] };
    case 'adagrad':
      return { name: 'f32_adagrad_step', state: [1], flags: [], hyper: () => [1e-10] };
    case 'adadelta':
      return { name: 'f32_adadelta_step', state: [1, 1], flags: [], hyper: () => [1e-6, ...average(0.9)] };
    case 'adam':
    case 'adamw':
      return {
        name: 'f32_adam_step',
        state: [1, 1],
        flags: [Number(optimizer === 'adamw')],
        hyper: (t) => [1e-8, ...average(beta1), ...average(beta2), 1 - beta1 ** t, Math.sqrt(1 - beta2 ** t)],
      };
  }
}

const HYPERS = 16; // more than any kernel reads

/** @param count Floats that all parameters take. */
export function createState(heap: Heap, options: LearnerOptions, count: number): OptimizerState {
  const kernel = kernelOf(options);
  const hyper = heap.allocate(HYPERS);
  const arrays = kernel.state.map((wanted) => wanted && heap.allocate(count));
  let steps = 0;
  return {
    kernel: kernel.name,
    arrays,
    hyper,
    flags: kernel.flags,
    advance(rate) {
      heap.floats(hyper, HYPERS).set([rate, options.weightDecay ?? 0, ...kernel.hyper(++steps)]);
    },
    dispose() {
      for (const at of [hyper, ...arrays]) if (at) heap.free(at);
    },
  };
}

/** A range of parameters with its gradient, which is the sum of as many shares. */
interface Range {
  at: number;
  gradient: number;
  size: number;
  shares: number;
}

/** The update, over as few ranges as the shares of the gradients allow. */
export function optimizerCalls(
  builder: Builder,
  ranges: readonly Range[],
  shareBytes: number,
  { kernel, arrays, hyper, flags }: OptimizerState,
  start: number,
): void {
  const joined: Range[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last && last.shares === range.shares && last.at + FLOAT * last.size === range.at) last.size += range.size;
    else joined.push({ ...range });
  }
  const total = joined.reduce((sum, { size }) => sum + size, 0);
  builder.ranges(total, 16, (first, count) => {
    let before = 0;
    return joined.flatMap(({ at, gradient, size, shares }) => {
      const from = Math.max(0, first - before);
      const to = Math.min(size, first + count - before);
      before += size;
      if (to <= from) return [];
      const state = arrays.map((array) => array && array + at - start + FLOAT * from);
      return [
        [
          kernel,
          at + FLOAT * from,
          gradient + FLOAT * from,
          ...state,
          to - from,
          shares,
          shareBytes,
          hyper,
          ...flags,
        ] as const,
      ];
    });
  });
}
