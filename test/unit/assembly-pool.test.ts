// Pooling and what is done element by element: any range of images, or of values, can be a share of its own.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { arena, shareOut } from './support/assembly.js';

interface Case {
  batch: number;
  size: [height: number, width: number];
  channels: number;
  window: number;
  stride: number;
  pad: number;
  average: boolean;
}

function outOf({ size, window, stride, pad }: Case): [number, number] {
  return size.map((length) => Math.floor((length + 2 * pad - window) / stride) + 1) as [number, number];
}

/** Output, and the gradient by x: a maximum's goes to the first of the greatest values. */
function exact(x: Float32Array, dy: Float32Array, one: Case) {
  const { batch, size, channels, window, stride, pad, average } = one;
  const [height, width] = size;
  const [outH, outW] = outOf(one);
  const y = new Float64Array(batch * outH * outW * channels);
  const dx = new Float64Array(x.length);
  y.forEach((_, at) => {
    const c = at % channels;
    const ox = Math.floor(at / channels) % outW;
    const oy = Math.floor(at / channels / outW) % outH;
    const n = Math.floor(at / channels / outW / outH);
    const inside: number[] = [];
    for (let i = oy * stride - pad; i < oy * stride - pad + window; i++)
      for (let j = ox * stride - pad; j < ox * stride - pad + window; j++)
        if (i >= 0 && i < height && j >= 0 && j < width) inside.push(((n * height + i) * width + j) * channels + c);
    if (average) {
      y[at] = inside.reduce((sum, i) => sum + x[i], 0) / inside.length;
      for (const i of inside) dx[i] += dy[at] / inside.length;
    } else {
      const best = inside.reduce((best, i) => (x[i] > x[best] ? i : best));
      y[at] = x[best];
      dx[best] += dy[at];
    }
  });
  return { y, dx };
}

describe('pooling in shares of the images', () => {
  for (const average of [false, true])
    it(`${average ? 'mean' : 'maximum'} and gradient, 1 to 3 shares`, () => {
      const { normal, whole } = draws(5);
      for (const channels of [1, 3, 4, 6, 16, 17])
        for (const [window, stride, pad] of [
          [2, 2, 0],
          [3, 2, 1],
          [3, 1, 1],
          [2, 3, 0],
          [1, 1, 0],
        ])
          // prettier-ignore
          for (const shares of [1, 2, 3]) {
            const size: [number, number] = [whole(3, 8), whole(3, 8)];
            const one: Case = { batch: 3, size, channels, window, stride, pad, average };
            const { kernels, put, room, read, checkGuards } = arena();
            const [inImage, outImage] = [size, outOf(one)].map(([h, w]) => h * w * channels);
            const values = normal(3 * inImage).map((value) => Math.round(4 * value)); // with ties
            const above = normal(3 * outImage);
            const [x, dy, y, dx] = [put(values), put(above), room(3 * outImage), room(3 * inImage)];
            for (const [first, count] of shareOut(3, shares)) {
              const sizes = [count, ...size, channels, window, window, stride, stride, pad, pad, ...outOf(one)];
              const [into, out] = [4 * first * inImage, 4 * first * outImage];
              kernels.f32_pool(x + into, y + out, ...sizes, Number(average));
              if (average) kernels.f32_average_pool_gradient(dy + out, dx + into, ...sizes);
              else kernels.f32_max_pool_gradient(x + into, y + out, dy + out, dx + into, ...sizes);
            }
            const expected = exact(values, above, one);
            assertClose(read(y, 3 * outImage), expected.y, 1e-6, `${JSON.stringify(one)}: y`);
            assertClose(read(dx, 3 * inImage), expected.dx, 1e-6, `${JSON.stringify(one)}: dx`);
            checkGuards();
          }
    });

  it('not a number wins its window, and has its gradient', () => {
    const { kernels, put, room, read } = arena();
    const values = [1, 2, 3, 4, NaN, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]; // four channels of 2x2
    const [x, dy, y, dx] = [put(values), put([1, 1, 1, 1]), room(4), room(16)];
    const sizes = [1, 2, 2, 4, 2, 2, 2, 2, 0, 0, 1, 1];
    kernels.f32_pool(x, y, ...sizes, 0);
    kernels.f32_max_pool_gradient(x, y, dy, dx, ...sizes);
    assert.deepEqual(Array.from(read(y, 4)), [NaN, 14, 15, 16]);
    assert.equal(
      Array.from({ length: 4 }, (_, i) => read(dx, 16)[4 * i]).reduce((a, b) => a + b),
      1,
    );
  });
});

describe('sum, ReLU and gradient in shares', () => {
  it('any count, 1 to 3 shares', () => {
    const { normal } = draws(6);
    for (const count of [1, 3, 4, 7, 8, 9, 33, 100])
      for (const shares of [1, 2, 3]) {
        const { kernels, put, room, read, checkGuards } = arena();
        const [a, b, dy] = [normal(count), normal(count), normal(count)];
        a[0] = NaN;
        const [atA, atB, atDy] = [a, b, dy].map(put);
        const [sum, relu, dx] = [room(count), room(count), room(count)];
        for (const [from, length] of shareOut(count, shares).filter(([, length]) => length > 0)) {
          const offset = 4 * from;
          kernels.f32_add(atA + offset, atB + offset, sum + offset, length);
          kernels.f32_add_relu(atA + offset, atB + offset, relu + offset, length);
          kernels.f32_relu_gradient(atDy + offset, relu + offset, dx + offset, length);
        }
        const close = (got: Float32Array, expected: Float32Array) => {
          assert.equal(Number.isNaN(got[0]), Number.isNaN(expected[0]));
          assertClose(got.subarray(1), expected.subarray(1), 1e-6);
        };
        const exactSum = a.map((value, i) => value + b[i]);
        close(read(sum, count), exactSum);
        close(read(relu, count), exactSum.map((value) => Math.max(0, value))); // prettier-ignore
        close(read(dx, count), dy.map((value, i) => (exactSum[i] <= 0 ? 0 : value))); // prettier-ignore
        checkGuards();
      }
  });
});
