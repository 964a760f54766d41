// Sigmoid, tanh and the squared error, each with its gradient, against their definition in float64.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { arena } from './support/assembly.js';

const KINDS = [
  { name: 'sigmoid', tanh: 0, value: (x: number) => 1 / (1 + Math.exp(-x)), slope: (y: number) => y * (1 - y) },
  { name: 'tanh', tanh: 1, value: (x: number) => Math.tanh(x), slope: (y: number) => 1 - y * y },
];

describe('activations', () => {
  for (const { name, tanh, value, slope } of KINDS) {
    it(`${name} and its gradient: counts around a vector's, values of all sizes`, () => {
      const { normal } = draws(5);
      for (const count of [1, 3, 4, 5, 17])
        for (const scale of [1e-4, 1, 10, 200, 1e30]) {
          const { kernels, put, room, read, checkGuards } = arena();
          const x = normal(count).map((one) => one * scale);
          const dy = normal(count);
          const [y, dx] = [room(count), room(count)];
          kernels.f32_activation(put(x), y, count, tanh);
          kernels.f32_activation_gradient(put(dy), y, dx, count, tanh);
          const exact = Array.from(x, value);
          read(y, count).forEach((one, i) => assert.ok(Math.abs(one - exact[i]) <= 1e-7 * Math.abs(exact[i]) + 1e-38, `${name} of ${x[i]} is ${one}`)); // prettier-ignore
          assertClose(read(dx, count), exact.map((one, i) => dy[i] * slope(one)), 1e-6, `${name}, scale ${scale}`); // prettier-ignore
          checkGuards();
        }
    });

    it(`${name} of infinity and of what is not a number`, () => {
      const { kernels, put, room, read } = arena();
      const y = room(4);
      kernels.f32_activation(put([Infinity, -Infinity, NaN, 0]), y, 4, tanh);
      assert.deepEqual([...read(y, 4)], [1, tanh ? -1 : 0, NaN, tanh ? 0 : 0.5]);
    });
  }
});

describe('squared error', () => {
  it('is the mean of all values, with its gradient', () => {
    const { normal } = draws(6);
    for (const count of [1, 2, 5, 16, 33]) {
      const { kernels, put, room, read, checkGuards } = arena();
      const [y, truth] = [normal(count), normal(count)];
      const [loss, gradient] = [room(1), room(count)];
      kernels.f32_squared_error(put(y), put(truth), loss, gradient, count);
      const errors = Array.from(y, (one, i) => one - truth[i]);
      assertClose(read(loss, 1), [errors.reduce((sum, error) => sum + error * error, 0) / count], 1e-6, 'loss');
      assertClose(read(gradient, count), errors.map((error) => (2 * error) / count), 1e-6, 'gradient'); // prettier-ignore
      checkGuards();
    }
  });
});
