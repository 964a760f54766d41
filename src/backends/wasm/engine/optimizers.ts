import type { LearnerOptions } from '../../executor.js';
import type { Builder } from './builder.js';
import type { Heap } from './heap.js';
import { FLOAT } from './layers.js';

/** An optimizer's memory of past gradients, laid out as the parameters are, and its hyperparameters. */
export interface OptimizerState {
  readonly kernel: string;
  /** The arrays beside the parameters. */
  readonly arrays: readonly number[];
  /** Address of the hyperparameters that the kernel reads. */
  readonly hyper: number;
  /** What the kernel takes after them. */
  readonly flags: readonly number[];
  /** Before each step: sets what changes from step to step. */
  advance(rate: number): void;
  dispose(): void;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
const HYPERS = 16; // more than any kernel reads

/** @param count Floats that all parameters take. */
export function createState(heap: Heap, { optimizer, momentum }: LearnerOptions, count: number): OptimizerState {
  const hyper = heap.allocate(HYPERS);
  const make = (
    kernel: string,
    arrays: number[],
    flags: number[],
    values: (rate: number) => number[],
  ): OptimizerState => ({
    kernel,
    arrays,
    hyper,
    flags,
    advance(rate) {
      heap.floats(hyper, HYPERS).set(values(rate));
    },
    dispose() {
      for (const at of [hyper, ...arrays]) heap.free(at);
    },
  });
  if (optimizer === 'adam') {
    let steps = 0;
    return make('f32_adam_step', [heap.allocate(count), heap.allocate(count)], [0], (rate) => {
      steps++;
      return [rate, 0, EPSILON, BETA1, 1 - BETA1, BETA2, 1 - BETA2, 1 - BETA1 ** steps, Math.sqrt(1 - BETA2 ** steps)];
    });
  }
  if (optimizer === 'momentum' && momentum > 0)
    return make('f32_momentum_step', [heap.allocate(count)], [0], (rate) => [rate, 0, momentum]);
  return make('f32_sgd_step', [], [], (rate) => [rate, 0]);
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
      const state = arrays.map((array) => array + at - start + FLOAT * from);
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
