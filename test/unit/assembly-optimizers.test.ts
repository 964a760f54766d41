// Optimizer steps over a range of parameters, against PyTorch's answers and, in float64, its formulas.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { createState } from '../../src/backends/wasm/engine/optimizers.js';
import type { Heap } from '../../src/backends/wasm/engine/heap.js';
import type { KernelCall } from '../../src/backends/wasm/kernel-call.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { at, mapped } from '../support/lists.js';
import type { OptimizerCases } from '../support/pytorch.js';
import { arena, shareOut } from './support/assembly.js';

/** One optimizer: its hyperparameters at step t, and one parameter's step in PyTorch's formula. */
interface Optimizer {
  /** The step's call on parameters, gradients and arrays of state. */
  call(range: Range, state: State): KernelCall;
  /** Which of the kernel's arrays of state are wanted. */
  state: [boolean, boolean, boolean];
  hyper(t: number): number[];
  /** `state` of one parameter changes in place; returns the new parameter. */
  step(w: number, g: number, state: State, t: number): number;
}

/** Up to three values of a parameter, or addresses of their arrays; 0 where there is none. */
type State = [number, number, number];

interface Range {
  w: number;
  g: number;
  count: number;
  parts: number;
  stride: number;
  hyper: number;
}

const [rate, epsilon] = [0.02, 1e-6];

function sgd(weightDecay: number): Optimizer {
  const step = (w: number, g: number) => w - rate * (g + weightDecay * w);
  const call = (range: Range): KernelCall => ({ kernel: 'f32_sgd_step', ...range });
  return { call, state: [false, false, false], hyper: () => [rate, weightDecay], step };
}

function momentum(weightDecay: number, nesterov: boolean): Optimizer {
  return {
    call: (range, [m]) => ({ kernel: 'f32_momentum_step', ...range, m, nesterov }),
    state: [true, false, false],
    hyper: () => [rate, weightDecay, 0.9],
    step(w, g, state) {
      g += weightDecay * w;
      state[0] = 0.9 * state[0] + g;
      return w - rate * (nesterov ? g + 0.9 * state[0] : state[0]);
    },
  };
}

const adamHyper = (rate: number, weightDecay: number, epsilon: number, t: number) => [
  ...[rate, weightDecay, epsilon, 0.9, 1 - 0.9, 0.999, 1 - 0.999],
  ...[1 - 0.9 ** t, Math.sqrt(1 - 0.999 ** t)],
];

function adam(weightDecay: number, decoupled: boolean): Optimizer {
  return {
    call: (range, [m, v]) => ({ kernel: 'f32_adam_step', ...range, m, v, decoupled }),
    state: [true, true, false],
    hyper: (t) => adamHyper(rate, weightDecay, epsilon, t),
    step(w, g, state, t) {
      if (decoupled) w *= 1 - rate * weightDecay;
      else g += weightDecay * w;
      state[0] = 0.9 * state[0] + 0.1 * g;
      state[1] = 0.999 * state[1] + 0.001 * g * g;
      const scale = Math.sqrt(state[1]) / Math.sqrt(1 - 0.999 ** t) + epsilon;
      return w - ((rate / (1 - 0.9 ** t)) * state[0]) / scale;
    },
  };
}

function rmsprop(weightDecay: number, momentum: number, centred: boolean): Optimizer {
  return {
    call: (range, [v, m, mean]) => ({ kernel: 'f32_rmsprop_step', ...range, v, m, mean }),
    state: [true, momentum > 0, centred],
    hyper: () => [rate, weightDecay, epsilon, 0.95, 1 - 0.95, momentum],
    step(w, g, state) {
      g += weightDecay * w;
      state[0] = 0.95 * state[0] + 0.05 * g * g;
      if (centred) state[2] = 0.95 * state[2] + 0.05 * g;
      const square = state[0] - state[2] ** 2;
      const step = g / (Math.sqrt(square) + epsilon);
      if (momentum === 0) return w - rate * step;
      state[1] = momentum * state[1] + step;
      return w - rate * state[1];
    },
  };
}

function adagrad(weightDecay: number): Optimizer {
  return {
    call: (range, [v]) => ({ kernel: 'f32_adagrad_step', ...range, v }),
    state: [true, false, false],
    hyper: () => [rate, weightDecay, 1e-10],
    step(w, g, state) {
      g += weightDecay * w;
      state[0] += g * g;
      return w - (rate * g) / (Math.sqrt(state[0]) + 1e-10);
    },
  };
}

function adadelta(weightDecay: number): Optimizer {
  return {
    call: (range, [v, u]) => ({ kernel: 'f32_adadelta_step', ...range, v, u }),
    state: [true, true, false],
    hyper: () => [1, weightDecay, epsilon, 0.9, 1 - 0.9],
    step(w, g, state) {
      g += weightDecay * w;
      state[0] = 0.9 * state[0] + 0.1 * g * g;
      const delta = (Math.sqrt(state[1] + epsilon) / Math.sqrt(state[0] + epsilon)) * g;
      state[1] = 0.9 * state[1] + 0.1 * delta * delta;
      return w - delta;
    },
  };
}

const optimizers: Record<string, Optimizer> = {
  sgd: sgd(0),
  'sgd with weight decay': sgd(0.1),
  momentum: momentum(0, false),
  'momentum with weight decay': momentum(0.1, false),
  "Nesterov's momentum": momentum(0.1, true),
  adam: adam(0, false),
  'adam with weight decay': adam(0.1, false),
  adamw: adam(0.1, true),
  rmsprop: rmsprop(0, 0, false),
  'rmsprop with momentum': rmsprop(0.1, 0.9, false),
  'rmsprop, centred': rmsprop(0, 0, true),
  'rmsprop, centred, with momentum': rmsprop(0.1, 0.9, true),
  adagrad: adagrad(0),
  'adagrad with weight decay': adagrad(0.1),
  adadelta: adadelta(0),
  'adadelta with weight decay': adadelta(0.1),
};

describe('optimizer steps', () => {
  for (const [name, one] of Object.entries(optimizers))
    it(`${name}: five steps, gradients in parts, ranges in shards`, () => {
      const { normal } = draws(8);
      for (const count of [1, 3, 4, 5, 7, 8, 9, 16, 31, 68])
        for (const parts of [1, 2, 3])
          for (const shards of [1, 3]) {
            const { state, set, room, run, read, check } = arena();
            const start = normal(count);
            const [w, hyper] = [state(start), room(16)];
            const arrays = mapped(one.state, (isWanted) => (isWanted ? state(new Float32Array(count)) : 0));
            const stride = 4 * (count + 5); // not whole vectors
            const g = room((stride / 4) * parts);
            const expected = Array.from(start, (w) => ({ w, state: [0, 0, 0] as State }));
            for (let t = 1; t <= 5; t++) {
              const gradients = Array.from({ length: parts }, () => normal(count));
              gradients.forEach((part, i) => set(g + i * stride, part));
              set(hyper, one.hyper(t));
              for (const [from, length] of shareOut(count, shards).filter(([, length]) => length > 0)) {
                const moved = mapped(arrays, (address) => address && address + 4 * from);
                const range = { w: w + 4 * from, g: g + 4 * from, count: length, parts, stride, hyper };
                run(one.call(range, moved));
              }
              expected.forEach((each, i) => {
                const gradient = gradients.reduce((sum, part) => sum + at(part, i), 0);
                each.w = one.step(each.w, gradient, each.state, t);
              });
            }
            const what = `${count} parameters, ${parts} parts, ${shards} shards`;
            const exact = expected.map(({ w }) => w);
            assertClose(read(w, count), exact, 2e-5, what);
            arrays.forEach((address, i) => {
              const exact = expected.map((each) => at(each.state, i));
              if (address) assertClose(read(address, count), exact, 1e-5, what);
            });
            check();
          }
    });

  it("PyTorch's answers, with the state and the constants that the engine gives them", async () => {
    const fixture = JSON.parse(await readFile('test/fixtures/optimizers.json', 'utf8')) as OptimizerCases;
    const flat = (values: OptimizerCases['start']) => Object.values(values).flatMap(({ data }) => data);
    for (const { optimizer, options, after } of fixture.cases) {
      const { state: hold, set, run, read, room, floats } = arena();
      const w = hold(flat(fixture.start));
      const count = flat(fixture.start).length;
      const g = room(count);
      const { learningRate, momentum = 0, weightDecay } = options;
      const heap: Pick<Heap, 'allocate' | 'floats'> = {
        allocate: (count) => hold(new Float32Array(count)),
        floats,
      };
      const state = createState(heap as Heap, { optimizer, momentum, weightDecay, from: 0 }, count);
      fixture.gradients.forEach((gradient, index) => {
        set(g, flat(gradient));
        state.advance(learningRate);
        run(state.step({ w, g, offset: 0, count, parts: 1, stride: 0 }));
        const expected = after[index + 1];
        const what = `${optimizer} ${JSON.stringify(options)} after ${index + 1}`;
        if (expected) assertClose(read(w, count), flat(expected), 1e-6, what);
      });
    }
    assert.equal(new Set(fixture.cases.map(({ optimizer }) => optimizer)).size, 8);
  });

  it('not a number stays in its parameter', () => {
    const { put, state, run, read, check } = arena();
    const w = state(new Float32Array(9).fill(1));
    const g = state([0, 0, NaN, 0, 0, 0, 0, 0, NaN]);
    const [m, v] = [state(new Float32Array(9)), state(new Float32Array(9))];
    const range = { w, g, count: 9, parts: 1, stride: 0, hyper: put(adamHyper(0.1, 0.1, 1e-8, 1)) };
    run({ kernel: 'f32_adam_step', ...range, m, v, decoupled: true });
    read(w, 9).forEach((value, i) => assert.equal(Number.isNaN(value), i === 2 || i === 8));
    check();
  });
});
