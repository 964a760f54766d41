// Pooled convolutions, their gradients and convolutions of one channel, on a memory of their own, against float64. Values
// are small whole numbers, of which sums are exact: results are compared bit by bit, and equals are met often.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { binaries } from '../../src/backends/wasm/assembly/binaries.js';
import { hasRelaxedSimd } from '../../src/backends/wasm/features.js';
import { convolve, filterGradient, inputGradient, outputSize, type Geometry } from '../support/convolution.js';
import { draws, type Draws } from '../support/draws.js';

const UNTOUCHED = 0x7fc0dead; // not a number, so that what is read by mistake shows

type Kernels = Record<string, (...args: number[]) => number>;

/** The kernels, and tensors one after the other with guard words between. */
class Bench {
  private readonly kernels: Kernels;
  private readonly words: Int32Array;
  private readonly floats: Float32Array;
  private top = 0;

  constructor(variant: 'simd' | 'relaxed') {
    const memory = new WebAssembly.Memory({ initial: 32 });
    const module = new WebAssembly.Module(Buffer.from(binaries[variant], 'base64'));
    this.kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
    this.words = new Int32Array(memory.buffer);
    this.floats = new Float32Array(memory.buffer);
    this.clear();
  }

  clear(): void {
    this.words.fill(UNTOUCHED);
    this.top = 5; // no address is a multiple of 16 by luck
  }

  /** The address of a copy of values, or of so many untouched ones. */
  place(data: ArrayLike<number> | number): number {
    const at = this.top + 4;
    const count = typeof data === 'number' ? data : data.length;
    if (data instanceof Int32Array) this.words.set(data, at);
    else if (typeof data !== 'number') this.floats.set(data, at);
    this.top = at + count + 4;
    return at * 4;
  }

  /**
   * Calls a kernel with exactly the scratch memory it asks for, at the memory's end, beyond which reading would trap, and
   * checks that it writes nothing but its outputs.
   */
  call(name: string, args: number[], scratchArgs: number[], outputs: [address: number, count: number][]): void {
    const bytes = this.kernels[`${name}_scratch`](...scratchArgs);
    const scratch = this.words.byteLength - Math.ceil(bytes / 16) * 16;
    const guard = scratch / 4 - 64;
    assert.ok(this.top < guard);
    this.words.fill(UNTOUCHED, guard);
    const before = this.words.slice(0, this.top);
    this.kernels[name](...args, scratch, scratch + bytes);
    const after = this.words.slice(0, this.top);
    for (const [from, count] of outputs) before.set(after.subarray(from / 4, from / 4 + count), from / 4);
    assert.equal(Buffer.compare(Buffer.from(before.buffer), Buffer.from(after.buffer)), 0, `${name} wrote elsewhere`);
    assert.ok(this.words.subarray(guard, scratch / 4).every((word) => word === UNTOUCHED));
  }

  read(address: number, count: number): Float32Array {
    return this.floats.slice(address / 4, address / 4 + count);
  }

  readWords(address: number, count: number): Int32Array {
    return this.words.slice(address / 4, address / 4 + count);
  }
}

interface Case {
  geometry: Geometry;
  pool: number;
  relu: boolean;
}

function whole(from: Draws, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => from.whole(-2, 2));
}

function randomCase(from: Draws): Case {
  const plane = from.uniform() < 0.3;
  const pool = from.pick([2, 2, 3]);
  const kernel: Geometry['kernel'] = [from.whole(1, 5), from.whole(1, 5)];
  const stride: Geometry['stride'] = plane ? [1, 1] : [from.pick([1, 1, 2]), from.pick([1, 1, 2])];
  const pad = [kernel[0], kernel[0], kernel[1], kernel[1]].map((k) => from.whole(0, k - 1)) as Geometry['pad'];
  const size = (axis: 0 | 1) => {
    const outputs = from.whole(pool, 13);
    const most = (outputs - 1) * stride[axis] + kernel[axis] + from.whole(0, stride[axis] - 1);
    return Math.max(most - pad[2 * axis] - pad[2 * axis + 1], pool * stride[axis] + kernel[axis]);
  };
  return {
    geometry: {
      batch: from.whole(1, 3),
      height: size(0),
      width: size(1),
      inChannels: plane ? 1 : from.pick([1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 16, 17, 32]),
      outChannels: from.pick([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 16, 17]),
      kernel,
      stride,
      pad,
    },
    pool,
    relu: from.uniform() < 0.7,
  };
}

function networkCase(size: number, inChannels: number, outChannels: number, kernel: number, padding: number): Case {
  const pad: Geometry['pad'] = [padding, padding, padding, padding];
  const rest = { kernel: [kernel, kernel], stride: [1, 1], pad } as Pick<Geometry, 'kernel' | 'stride' | 'pad'>;
  return {
    geometry: { batch: 2, height: size, width: size, inChannels, outChannels, ...rest },
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

function sizesOf(geometry: Geometry): number[] {
  const { batch, height, width, inChannels, outChannels, kernel, stride, pad } = geometry;
  return [batch, height, width, inChannels, outChannels, ...kernel, ...stride, pad[0], pad[2], ...outputSize(geometry)];
}

/** Convolution [N, Ho, Wo, O] with bias, in float64. */
function convolution(x: Float32Array, filter: Float32Array, bias: Float32Array | null, geometry: Geometry) {
  const y = convolve(x, filter, geometry);
  return bias ? y.map((value, i) => value + bias[i % bias.length]) : y;
}

/** Each window's greatest value and its pixel, by their definition. */
function maxPool(y: Float64Array, { geometry, pool, relu }: Case): { p: Float32Array; argmax: Int32Array } {
  const { batch, outChannels } = geometry;
  const [outH, outW] = outputSize(geometry);
  const p: number[] = [];
  const argmax: number[] = [];
  for (let n = 0; n < batch; n++)
    for (let top = 0; top + pool <= outH; top += pool)
      for (let left = 0; left + pool <= outW; left += pool)
        for (let channel = 0; channel < outChannels; channel++) {
          let most = -Infinity;
          let at = top * outW + left;
          for (let i = 0; i < pool * pool; i++) {
            const pixel = (top + Math.floor(i / pool)) * outW + left + (i % pool);
            const value = y[(n * outH * outW + pixel) * outChannels + channel];
            if (value > most || (Number.isNaN(value) && !Number.isNaN(most))) [most, at] = [value, pixel];
          }
          const dead = relu && most <= 0;
          p.push(dead ? 0 : most);
          argmax.push(dead ? -1 : at);
        }
  return { p: Float32Array.from(p), argmax: Int32Array.from(argmax) };
}

/** The convolution's gradient [N, Ho, Wo, O] of the pooled one's. */
function unpool(dp: Float32Array, argmax: Int32Array, { geometry }: Case): Float32Array {
  const [outH, outW] = outputSize(geometry);
  const pooled = dp.length / geometry.batch;
  const dy = new Float32Array(geometry.batch * outH * outW * geometry.outChannels);
  argmax.forEach((pixel, i) => {
    const image = Math.floor(i / pooled);
    if (pixel >= 0) dy[(image * outH * outW + pixel) * geometry.outChannels + (i % geometry.outChannels)] = dp[i];
  });
  return dy;
}

/** Number by number; zeros of either sign are equal. */
function assertSame(actual: Float32Array, expected: ArrayLike<number>, what: string): void {
  assert.equal(actual.length, expected.length);
  const at = actual.findIndex(
    (value, i) => value !== expected[i] && !(Number.isNaN(value) && Number.isNaN(expected[i])),
  );
  if (at >= 0) assert.fail(`${what}: at ${at} of ${actual.length} got ${actual[at]}, expected ${expected[at]}`);
}

for (const variant of hasRelaxedSimd() ? (['simd', 'relaxed'] as const) : (['simd'] as const))
  describe(`pooled convolutions (${variant})`, () => {
    const bench = new Bench(variant);
    const from = draws(20);
    const cases = [...NETWORKS, ...Array.from({ length: 150 }, () => randomCase(from))];
    const sizeX = ({ batch, height, width, inChannels }: Geometry) => batch * height * width * inChannels;
    const sizeFilter = ({ kernel, inChannels, outChannels }: Geometry) =>
      kernel[0] * kernel[1] * inChannels * outChannels;

    const forward = (
      one: Case,
      x: Float32Array,
      filter: Float32Array,
      bias: Float32Array | null,
      withArgmax = true,
    ) => {
      bench.clear();
      const { geometry, pool, relu } = one;
      const expected = maxPool(convolution(x, filter, bias, geometry), one);
      const count = expected.p.length;
      const inputs = [bench.place(x), bench.place(filter), bias ? bench.place(bias) : 0];
      const p = bench.place(count);
      const argmax = withArgmax ? bench.place(count) : 0;
      const outputs: [number, number][] = withArgmax ? [[p, count], [argmax, count]] : [[p, count]]; // prettier-ignore
      const sizes = [...sizesOf(geometry), pool];
      bench.call('f32_conv2d_max_pool', [...inputs, p, argmax, ...sizes, Number(relu)], sizes, outputs);
      assertSame(bench.read(p, count), expected.p, JSON.stringify(one));
      if (withArgmax) assert.deepEqual(bench.readWords(argmax, count), expected.argmax, JSON.stringify(one));
    };

    it('has the greatest of each window, and the first of equals', () => {
      for (const [i, one] of cases.entries()) {
        const bias = i % 5 === 0 ? null : whole(from, one.geometry.outChannels);
        forward(one, whole(from, sizeX(one.geometry)), whole(from, sizeFilter(one.geometry)), bias, i % 7 !== 0);
      }
    });

    it('lets what is not a number win, and infinity', () => {
      for (const one of cases) {
        const x = whole(from, sizeX(one.geometry));
        for (const value of [NaN, Infinity, -Infinity]) x[from.whole(0, x.length - 1)] = value;
        forward(one, x, whole(from, sizeFilter(one.geometry)), whole(from, one.geometry.outChannels));
      }
    });

    /** x, dp and a made-up argmax: any pixel of a window, or none. */
    const gradients = (one: Case) => {
      bench.clear();
      const { geometry, pool, relu } = one;
      const x = whole(from, sizeX(geometry));
      const filter = whole(from, sizeFilter(geometry));
      const { p, argmax } = maxPool(convolution(x, filter, null, geometry), one);
      const dp = whole(from, p.length);
      if (relu) argmax.forEach((_, i) => from.uniform() < 0.2 && (argmax[i] = -1));
      const dy = unpool(dp, argmax, one);
      return { x, filter, dp, argmax, dy, sizes: [...sizesOf(geometry), pool] };
    };

    it('has the gradient by the filter and the bias', () => {
      for (const [i, one] of cases.entries()) {
        const { x, dp, argmax, dy, sizes } = gradients(one);
        const { outChannels } = one.geometry;
        const dw = bench.place(sizeFilter(one.geometry));
        const db = i % 4 === 0 ? 0 : bench.place(outChannels);
        const outputs: [number, number][] = [[dw, sizeFilter(one.geometry)]];
        if (db) outputs.push([db, outChannels]);
        const args = [bench.place(x), bench.place(dp), bench.place(argmax), dw, db, ...sizes];
        bench.call('f32_conv2d_max_pool_filter_gradient', args, sizes, outputs);
        assertSame(bench.read(dw, outputs[0][1]), filterGradient(x, dy, one.geometry), JSON.stringify(one));
        const sums = Array<number>(outChannels).fill(0);
        dy.forEach((value, j) => (sums[j % outChannels] += value));
        if (db) assertSame(bench.read(db, outChannels), sums, JSON.stringify(one));
      }
    });

    it('has the gradient by the input, without that which ReLU cut off before', () => {
      for (const [i, one] of cases.entries()) {
        const { x, filter, dp, argmax, dy, sizes } = gradients(one);
        x[from.whole(0, x.length - 1)] = NaN;
        const dx = bench.place(x.length);
        const mask = i % 2 === 0 ? bench.place(x) : 0;
        const args = [bench.place(dp), bench.place(argmax), bench.place(filter), dx, mask, ...sizes];
        bench.call('f32_conv2d_max_pool_input_gradient', args, sizes, [[dx, x.length]]);
        const expected = inputGradient(dy, filter, one.geometry).map((value, j) => (mask && x[j] <= 0 ? 0 : value));
        assertSame(bench.read(dx, x.length), expected, JSON.stringify(one));
      }
    });

    it('convolves images of one channel', () => {
      for (const one of cases.map(({ geometry }) => ({ ...geometry, inChannels: 1, stride: [1, 1] }) as Geometry)) {
        bench.clear();
        const x = whole(from, sizeX(one));
        x[from.whole(0, x.length - 1)] = from.pick([0, NaN, Infinity]);
        const filter = whole(from, sizeFilter(one));
        const bias = from.uniform() < 0.8 ? whole(from, one.outChannels) : null;
        const relu = from.uniform() < 0.5;
        const expected = convolution(x, filter, bias, one).map((value) => (relu && value <= 0 ? 0 : value));
        const y = bench.place(expected.length);
        const inputs = [bench.place(x), bench.place(filter), bias ? bench.place(bias) : 0];
        const [, , , ...rest] = sizesOf(one);
        const scratchArgs = [...rest.slice(0, 6), ...rest.slice(8)];
        const args = [...inputs, y, ...sizesOf(one), Number(relu)];
        bench.call('f32_conv2d_plane', args, scratchArgs, [[y, expected.length]]);
        assertSame(bench.read(y, expected.length), expected, JSON.stringify(one));
      }
    });
  });
