// Pooling and what is done element by element: any range of images, or of values, can be a shard of its own.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertClose } from '../support/close.js';
import { convolutionOf, inputSize, outputSize, pool, poolGradient } from '../support/convolution.js';
import { draws } from '../support/draws.js';
import { at } from '../support/lists.js';
import { arena, shareOut } from './support/assembly.js';

describe('pooling in shards of the images', () => {
  for (const average of [false, true])
    it(`${average ? 'mean' : 'maximum'} and gradient, 1 to 3 shards`, () => {
      const { normal, whole } = draws(5);
      for (const channels of [1, 3, 4, 6, 16, 17])
        for (const [window, stride, pad] of [
          [2, 2, 0],
          [3, 2, 1],
          [3, 1, 1],
          [2, 3, 0],
          [1, 1, 0],
        ] as const)
          for (const shards of [1, 2, 3]) {
            const one = convolutionOf({
              ...{ batch: 3, height: whole(3, 8), width: whole(3, 8), inChannels: channels, outChannels: channels },
              ...{ kernel: [window, window], stride: [stride, stride], pad },
            });
            const { put, room, geometry, run, read, check } = arena();
            const values = normal(inputSize(one)).map((value) => Math.round(4 * value)); // with ties
            const above = normal(outputSize(one));
            const [x, dy, y, dx] = [put(values), put(above), room(above.length), room(values.length)];
            const record = geometry(one);
            for (const [first, batch] of shareOut(3, shards)) {
              const into = (4 * first * values.length) / 3;
              const out = (4 * first * above.length) / 3;
              const rest = { batch, geometry: record };
              run({ kernel: 'f32_pool', x: x + into, y: y + out, average, ...rest });
              const to = { dy: dy + out, dx: dx + into, ...rest };
              if (average) run({ kernel: 'f32_average_pool_gradient', ...to });
              else run({ kernel: 'f32_max_pool_gradient', x: x + into, y: y + out, ...to });
            }
            const what = JSON.stringify(one);
            assertClose(read(y, above.length), pool(values, one, average), 1e-6, `${what}: y`);
            const gradient = poolGradient(values, above, one, average);
            assertClose(read(dx, values.length), gradient, 1e-6, `${what}: dx`);
            check();
          }
    });

  it('not a number wins its window, and has its gradient', () => {
    const { put, room, geometry, run, read, check } = arena();
    const values = [1, 2, 3, 4, NaN, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]; // four channels of 2x2
    const [x, dy, y, dx] = [put(values), put([1, 1, 1, 1]), room(4), room(16)];
    const sizes = { batch: 1, height: 2, width: 2, inChannels: 4, outChannels: 4 };
    const window = convolutionOf({ ...sizes, kernel: [2, 2], stride: [2, 2], pad: 0 });
    const rest = { batch: 1, geometry: geometry(window) };
    run({ kernel: 'f32_pool', x, y, average: false, ...rest });
    run({ kernel: 'f32_max_pool_gradient', x, y, dy, dx, ...rest });
    assert.deepEqual(Array.from(read(y, 4)), [NaN, 14, 15, 16]);
    const gradient = read(dx, 16).filter((_, i) => i % 4 === 0); // of the channel that has it
    assert.equal(gradient.length, 4);
    assert.equal(
      gradient.reduce((a, b) => a + b),
      1,
    );
    check();
  });
});

describe('sum, ReLU and gradient in shards', () => {
  it('any count, 1 to 3 shards', () => {
    const { normal } = draws(6);
    for (const count of [1, 3, 4, 7, 8, 9, 33, 100])
      for (const shards of [1, 2, 3]) {
        const { put, room, run, read, check } = arena();
        const [a, b, above] = [normal(count), normal(count), normal(count)];
        a[0] = NaN;
        const inputs = { a: put(a), b: put(b) };
        const dy = put(above);
        const [sum, relu, dx] = [room(count), room(count), room(count)];
        for (const [from, length] of shareOut(count, shards).filter(([, length]) => length > 0)) {
          const offset = 4 * from;
          const terms = { a: inputs.a + offset, b: inputs.b + offset, count: length };
          run({ kernel: 'f32_add', ...terms, c: sum + offset });
          run({ kernel: 'f32_add_relu', ...terms, c: relu + offset });
          const y = relu + offset;
          run({ kernel: 'f32_relu_gradient', dy: dy + offset, y, dx: dx + offset, count: length });
        }
        const close = (got: Float32Array, expected: Float32Array) => {
          assert.equal(Number.isNaN(got[0]), Number.isNaN(expected[0]));
          assertClose(got.subarray(1), expected.subarray(1), 1e-6);
        };
        const exact = a.map((value, i) => value + at(b, i));
        const gradient = above.map((value, i) => (at(exact, i) <= 0 ? 0 : value));
        close(read(sum, count), exact);
        close(
          read(relu, count),
          exact.map((value) => Math.max(0, value)),
        );
        close(read(dx, count), gradient);
        check();
      }
  });
});
