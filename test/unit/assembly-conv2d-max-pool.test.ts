// Pooled convolutions, their gradients and convolutions of one channel, on a memory of their own, against float64. Values
// are small whole numbers, of which sums are exact: results are compared bit by bit, and equals are met often.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  convolutionOf,
  convolve,
  filterGradient,
  filterSize,
  inputGradient,
  inputSize,
} from '../support/convolution.js';
import type { Convolution, Pair } from '../support/convolution.js';
import { draws } from '../support/draws.js';
import type { Draws } from '../support/draws.js';
import { addTo, at, mapped } from '../support/lists.js';
import { VARIANTS, arena } from './support/assembly.js';

interface Case {
  geometry: Convolution;
  pool: number;
  relu: boolean;
}

function whole(from: Draws, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => from.whole(-2, 2));
}

function randomCase(from: Draws): Case {
  const plane = from.uniform() < 0.3;
  const pool = from.pick([2, 2, 3]);
  const kernel: Pair = [from.whole(1, 5), from.whole(1, 5)];
  const stride: Pair = plane ? [1, 1] : [from.pick([1, 1, 2]), from.pick([1, 1, 2])];
  const kernels: [number, number, number, number] = [kernel[0], kernel[0], kernel[1], kernel[1]];
  const pad = mapped(kernels, (k) => from.whole(0, k - 1));
  const size = (axis: 0 | 1) => {
    const outputs = from.whole(pool, 13);
    const most = (outputs - 1) * stride[axis] + kernel[axis] + from.whole(0, stride[axis] - 1);
    return Math.max(most - at(pad, 2 * axis) - at(pad, 2 * axis + 1), pool * stride[axis] + kernel[axis]);
  };
  return {
    geometry: convolutionOf({
      batch: from.whole(1, 3),
      height: size(0),
      width: size(1),
      inChannels: plane ? 1 : from.pick([1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 16, 17, 32]),
      outChannels: from.pick([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 16, 17]),
      kernel,
      stride,
      pad,
    }),
    pool,
    relu: from.uniform() < 0.7,
  };
}

function networkCase(size: number, inChannels: number, outChannels: number, kernel: number, padding: number): Case {
  const sizes = { batch: 2, height: size, width: size, inChannels, outChannels };
  return {
    geometry: convolutionOf({ ...sizes, kernel: [kernel, kernel], stride: [1, 1], pad: padding }),
    pool: 2,
    relu: true,
  };
}

const NETWORKS = [
  networkCase(28, 1, 6, 5, 2), // LeNet-5
  networkCase(14, 6, 16, 5, 0),
  networkCase(26, 16, 16, 3, 0), // MiniVGG
  networkCase(10, 32, 32, 3, 1),
  networkCase(28, 1, 16, 3, 0),
];

/** Convolution [N, Ho, Wo, O] with bias, in float64. */
function convolution(x: Float32Array, filter: Float32Array, bias: Float32Array | null, geometry: Convolution) {
  const y = convolve(x, filter, geometry);
  return bias ? y.map((value, i) => value + at(bias, i % bias.length)) : y;
}

/** Each window's greatest value and its pixel, by their definition. */
function maxPool(y: Float64Array, { geometry, pool, relu }: Case): { p: Float32Array; argmax: Int32Array } {
  const { batch, outChannels, outH, outW } = geometry;
  const p: number[] = [];
  const argmax: number[] = [];
  for (let n = 0; n < batch; n++)
    for (let top = 0; top + pool <= outH; top += pool)
      for (let left = 0; left + pool <= outW; left += pool)
        for (let channel = 0; channel < outChannels; channel++) {
          let most = -Infinity;
          let found = top * outW + left;
          for (let i = 0; i < pool * pool; i++) {
            const pixel = (top + Math.floor(i / pool)) * outW + left + (i % pool);
            const value = at(y, (n * outH * outW + pixel) * outChannels + channel);
            if (value > most || (Number.isNaN(value) && !Number.isNaN(most))) [most, found] = [value, pixel];
          }
          const dead = relu && most <= 0;
          p.push(dead ? 0 : most);
          argmax.push(dead ? -1 : found);
        }
  return { p: Float32Array.from(p), argmax: Int32Array.from(argmax) };
}

/** The convolution's gradient [N, Ho, Wo, O] of the pooled one's. */
function unpool(dp: Float32Array, argmax: Int32Array, { geometry }: Case): Float32Array {
  const { outH, outW } = geometry;
  const pooled = dp.length / geometry.batch;
  const dy = new Float32Array(geometry.batch * outH * outW * geometry.outChannels);
  argmax.forEach((pixel, i) => {
    const image = Math.floor(i / pooled);
    if (pixel >= 0) dy[(image * outH * outW + pixel) * geometry.outChannels + (i % geometry.outChannels)] = at(dp, i);
  });
  return dy;
}

/** Number by number; zeros of either sign are equal. */
function assertSame(actual: Float32Array, expected: ArrayLike<number>, what: string): void {
  assert.equal(actual.length, expected.length);
  const worst = actual.findIndex(
    (value, i) => value !== expected[i] && !(Number.isNaN(value) && Number.isNaN(expected[i])),
  );
  if (worst >= 0)
    assert.fail(`${what}: at ${worst} of ${actual.length} got ${actual[worst]}, expected ${expected[worst]}`);
}

for (const variant of VARIANTS)
  describe(`pooled convolutions (${variant})`, () => {
    const from = draws(20);
    const cases = [...NETWORKS, ...Array.from({ length: 150 }, () => randomCase(from))];

    const forward = (
      one: Case,
      x: Float32Array,
      filter: Float32Array,
      bias: Float32Array | null,
      withArgmax = true,
    ) => {
      const { put, room, geometry: record, run, read, readWords, check } = arena(variant);
      const { geometry, pool, relu } = one;
      const expected = maxPool(convolution(x, filter, bias, geometry), one);
      const count = expected.p.length;
      const inputs = { x: put(x), filter: put(filter), bias: bias ? put(bias) : 0 };
      const [p, argmax] = [room(count), withArgmax ? room(count) : 0];
      const rest = { batch: geometry.batch, geometry: record(geometry), pool, relu };
      run({ kernel: 'f32_conv2d_max_pool', ...inputs, p, argmax, ...rest });
      check();
      assertSame(read(p, count), expected.p, JSON.stringify(one));
      if (withArgmax) assert.deepEqual(readWords(argmax, count), expected.argmax, JSON.stringify(one));
    };

    it('has the greatest of each window, and the first of equals', () => {
      for (const [i, one] of cases.entries()) {
        const bias = i % 5 === 0 ? null : whole(from, one.geometry.outChannels);
        forward(one, whole(from, inputSize(one.geometry)), whole(from, filterSize(one.geometry)), bias, i % 7 !== 0);
      }
    });

    it('lets what is not a number win, and infinity', () => {
      for (const one of cases) {
        const x = whole(from, inputSize(one.geometry));
        for (const value of [NaN, Infinity, -Infinity]) x[from.whole(0, x.length - 1)] = value;
        forward(one, x, whole(from, filterSize(one.geometry)), whole(from, one.geometry.outChannels));
      }
    });

    /** x, dp and a made-up argmax: any pixel of a window, or none. */
    const gradients = (one: Case) => {
      const { geometry, relu } = one;
      const x = whole(from, inputSize(geometry));
      const filter = whole(from, filterSize(geometry));
      const { p, argmax } = maxPool(convolution(x, filter, null, geometry), one);
      const dp = whole(from, p.length);
      if (relu) argmax.forEach((_, i) => from.uniform() < 0.2 && (argmax[i] = -1));
      const dy = unpool(dp, argmax, one);
      return { x, filter, dp, argmax, dy };
    };

    it('has the gradient by the filter and the bias', () => {
      for (const [i, one] of cases.entries()) {
        const { put, room, geometry: record, run, read, check } = arena(variant);
        const { geometry, pool } = one;
        const { batch, outChannels } = geometry;
        const { x, dp, argmax, dy } = gradients(one);
        const [dw, db] = [room(filterSize(geometry)), i % 4 === 0 ? 0 : room(outChannels)];
        const inputs = { x: put(x), dp: put(dp), argmax: put(argmax) };
        const rest = { batch, geometry: record(geometry), pool };
        run({ kernel: 'f32_conv2d_max_pool_filter_gradient', ...inputs, dw, db, ...rest });
        check();
        assertSame(read(dw, filterSize(geometry)), filterGradient(x, dy, geometry), JSON.stringify(one));
        const sums = Array<number>(outChannels).fill(0);
        dy.forEach((value, j) => addTo(sums, j % outChannels, value));
        if (db) assertSame(read(db, outChannels), sums, JSON.stringify(one));
      }
    });

    it('has the gradient by the input, without that which ReLU cut off before', () => {
      for (const [i, one] of cases.entries()) {
        const { put, room, geometry, run, read, check } = arena(variant);
        const { x, filter, dp, argmax, dy } = gradients(one);
        x[from.whole(0, x.length - 1)] = NaN;
        const dx = room(x.length);
        const mask = i % 2 === 0 ? put(x) : 0;
        const inputs = { dp: put(dp), argmax: put(argmax), filter: put(filter), mask };
        const rest = { batch: one.geometry.batch, geometry: geometry(one.geometry), pool: one.pool };
        run({ kernel: 'f32_conv2d_max_pool_input_gradient', ...inputs, dx, ...rest });
        check();
        const expected = inputGradient(dy, filter, one.geometry).map((value, j) => (mask && at(x, j) <= 0 ? 0 : value));
        assertSame(read(dx, x.length), expected, JSON.stringify(one));
      }
    });

    it('convolves images of one channel', () => {
      for (const { geometry } of cases) {
        const { height, width, kernelH, kernelW, top, left } = geometry;
        // The same images and filters, padded alike on both sides.
        const sizes = {
          ...geometry,
          height: Math.max(height, kernelH),
          width: Math.max(width, kernelW),
          inChannels: 1,
        };
        const one = convolutionOf({
          ...sizes,
          kernel: [kernelH, kernelW],
          stride: [1, 1],
          pad: [top, top, left, left],
        });
        const { put, room, geometry: record, run, read, check } = arena(variant);
        const x = whole(from, inputSize(one));
        x[from.whole(0, x.length - 1)] = from.pick([0, NaN, Infinity]);
        const filter = whole(from, filterSize(one));
        const bias = from.uniform() < 0.8 ? whole(from, one.outChannels) : null;
        const relu = from.uniform() < 0.5;
        const expected = convolution(x, filter, bias, one).map((value) => (relu && value <= 0 ? 0 : value));
        const y = room(expected.length);
        const inputs = { x: put(x), filter: put(filter), bias: bias ? put(bias) : 0 };
        run({ kernel: 'f32_conv2d_plane', ...inputs, y, batch: one.batch, geometry: record(one), relu });
        check();
        assertSame(read(y, expected.length), expected, JSON.stringify(one));
      }
    });
  });
