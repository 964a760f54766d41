// Sigmoid, tanh and the squared error, each with its gradient, against their definition in float64.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { at } from '../support/lists.js';
import { arena } from './support/assembly.js';

const KINDS = [
  { name: 'sigmoid', tanh: false, value: (x: number) => 1 / (1 + Math.exp(-x)), slope: (y: number) => y * (1 - y) },
  { name: 'tanh', tanh: true, value: (x: number) => Math.tanh(x), slope: (y: number) => 1 - y * y },
];

describe('activations', () => {
  for (const { name, tanh, value, slope } of KINDS) {
    it(`${name} and its gradient: counts around a vector's, values of all sizes`, () => {
      const { normal } = draws(5);
      for (const count of [1, 3, 4, 5, 17])
        for (const scale of [1e-4, 1, 10, 200, 1e30]) {
          const { put, room, run, read, check } = arena();
          const x = normal(count).map((one) => one * scale);
          const dy = normal(count);
          const [y, dx] = [room(count), room(count)];
          run({ kernel: 'f32_activation', x: put(x), y, count, tanh });
          run({ kernel: 'f32_activation_gradient', dy: put(dy), y, dx, count, tanh });
          const exact = Array.from(x, value);
          read(y, count).forEach((one, i) => {
            const expected = at(exact, i);
            assert.ok(Math.abs(one - expected) <= 1e-7 * Math.abs(expected) + 1e-38, `${name} of ${x[i]} is ${one}`);
          });
          const gradient = exact.map((one, i) => at(dy, i) * slope(one));
          assertClose(read(dx, count), gradient, 1e-6, `${name}, scale ${scale}`);
          check();
        }
    });

    it(`${name} of infinity and of what is not a number`, () => {
      const { put, room, run, read } = arena();
      const y = room(4);
      run({ kernel: 'f32_activation', x: put([Infinity, -Infinity, NaN, 0]), y, count: 4, tanh });
      assert.deepEqual([...read(y, 4)], [1, tanh ? -1 : 0, NaN, tanh ? 0 : 0.5]);
    });
  }
});

describe('squared error', () => {
  it('is the mean of all values, with its gradient', () => {
    const { normal } = draws(6);
    for (const count of [1, 2, 5, 16, 33]) {
      const { put, room, run, read, check } = arena();
      const [y, targets] = [normal(count), normal(count)];
      const [loss, gradient] = [room(1), room(count)];
      run({ kernel: 'f32_squared_error', y: put(y), targets: put(targets), loss, gradient, count });
      const errors = Array.from(y, (one, i) => one - at(targets, i));
      assertClose(read(loss, 1), [errors.reduce((sum, error) => sum + error * error, 0) / count], 1e-6, 'loss');
      const exact = errors.map((error) => (2 * error) / count);
      assertClose(read(gradient, count), exact, 1e-6, 'gradient');
      check();
    }
  });
});
