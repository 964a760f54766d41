// GELU, its approximation, SiLU and leaky ReLU, each with its gradient, against their definition in float64.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { erf } from '../support/erf.js';
import { at } from '../support/lists.js';
import { VARIANTS, arena } from './support/assembly.js';

const logistic = (u: number) => 1 / (1 + Math.exp(-u));
const byTanh = (x: number) => Math.sqrt(8 / Math.PI) * (x + 0.044715 * x ** 3);
const GATES = [
  { name: 'SiLU', value: (x: number) => x * logistic(x) },
  { name: 'GELU by tanh', value: (x: number) => x * logistic(byTanh(x)) },
  { name: 'GELU', value: (x: number) => (x / 2) * (1 + erf(x / Math.SQRT2)) },
];
const slopeOf = (f: (x: number) => number, x: number) => (f(x + 1e-5) - f(x - 1e-5)) / 2e-5;

describe('gated activations', () => {
  for (const [gate, { name, value }] of GATES.entries())
    for (const variant of VARIANTS)
      it(`${name} and its gradient, ${variant}: all of float32's range, counts around a vector's`, () => {
        const { normal } = draws(5);
        for (const count of [1, 3, 4, 5, 13, 64])
          for (const scale of [1e-4, 1, 3, 10]) {
            const { put, room, run, read, check } = arena(variant);
            const x = normal(count).map((one) => one * scale);
            const dy = normal(count);
            const [y, dx] = [room(count), room(count)];
            run({ kernel: 'f32_gated', x: put(x), y, count, gate });
            run({ kernel: 'f32_gated_gradient', dy: put(dy), x: put(x), dx, count, gate });
            assertClose(read(y, count), Array.from(x, value), 3e-7, `${name}, scale ${scale}`);
            const exact = Array.from(x, (one, i) => at(dy, i) * slopeOf(value, one));
            assertClose(read(dx, count), exact, 1e-6, `${name}'s gradient, scale ${scale}`);
            check();
          }
      });

  for (const [gate, { name }] of GATES.entries())
    it(`${name} far from 0, at infinity and of what is not a number`, () => {
      const { put, room, run, read } = arena();
      const x = [1e30, -1e30, Infinity, NaN, 0, 150, -150];
      const [y, dx] = [room(7), room(7)];
      run({ kernel: 'f32_gated', x: put(x), y, count: 7, gate });
      const dy = put(x.map(() => 1));
      run({ kernel: 'f32_gated_gradient', dy, x: put(x), dx, count: 7, gate });
      assert.deepEqual(
        [...read(y, 7)].map((one) => one + 0),
        [Math.fround(1e30), 0, Infinity, NaN, 0, 150, 0],
      );
      assertClose(
        [...read(dx, 7)].filter((_, i) => i !== 3),
        [1, 0, 1, 0.5, 1, 0],
        1e-6,
      );
      assert.ok(Number.isNaN(read(dx, 7)[3]));
    });
});

describe('leaky ReLU', () => {
  it('and its gradient: any slope, counts around a vector’s', () => {
    const { normal } = draws(6);
    for (const count of [1, 3, 4, 5, 17])
      for (const slope of [0, 0.01, 0.25, -1, 2]) {
        const { put, room, run, read, check } = arena();
        const [x, dy] = [normal(count), normal(count)];
        const [y, dx, factor] = [room(count), room(count), put([slope])];
        run({ kernel: 'f32_leaky_relu', x: put(x), slope: factor, y, count });
        run({ kernel: 'f32_leaky_relu_gradient', dy: put(dy), x: put(x), slope: factor, dx, count });
        assertClose(
          read(y, count),
          Array.from(x, (one) => (one > 0 ? one : slope * one)),
          1e-7,
        );
        assertClose(
          read(dx, count),
          Array.from(dy, (one, i) => (at(x, i) > 0 ? one : slope * one)),
          1e-7,
        );
        check();
      }
  });
});
