import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { binaries } from '../../src/backends/wasm/assembly/binaries.js';
import { hasRelaxedSimd } from '../../src/backends/wasm/features.js';
import { assertClose } from '../support/close.js';
import { convolve, filterGradient, inputGradient, outputSize } from '../support/convolution.js';
import type { Geometry } from '../support/convolution.js';
import { draws } from '../support/draws.js';

type Kernels = Record<`f32_${string}`, (...args: number[]) => number>;
type Variant = keyof typeof binaries;
type Floats = Float32Array;

const TOLERANCE = 5e-6; // of the greatest number; F(4x4, 3x3) promises less than 1e-5
const GUARD = 0x7fc0dead; // as a float not a number, so that reading it shows as well as writing it
const variants = hasRelaxedSimd() ? (['simd', 'relaxed'] as const) : (['simd'] as const);

/** Calls one kernel with arrays between guard words: `call` gets addresses; results are read from those of `outputs`. */
function run(
  variant: Variant,
  inputs: (ArrayLike<number> | undefined)[],
  outputs: number[],
  call: (kernels: Kernels, inputs: number[], outputs: number[], scratch: (bytes: number) => [number, number]) => void,
): Float32Array[] {
  const memory = new WebAssembly.Memory({ initial: 40 });
  const module = new WebAssembly.Module(Buffer.from(binaries[variant], 'base64'));
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as Kernels;
  const words = new Uint32Array(memory.buffer).fill(GUARD);
  const floats = new Float32Array(memory.buffer);
  const free: [start: number, end: number][] = [];
  let top = 0;
  const take = (count: number) => {
    const start = (top + 11) & ~3; // of 16 bytes; at least 8 guard words
    free.push([top, start]);
    top = start + count;
    return start;
  };
  const from = inputs.map((values) => {
    if (!values) return 0;
    const start = take(values.length);
    floats.set(values, start);
    return 4 * start;
  });
  const to = outputs.map((count) => 4 * take(count));
  call(kernels, from, to, (bytes) => {
    const start = 4 * take(Math.ceil(bytes / 4));
    return [start, start + bytes];
  });
  free.push([top, words.length]);
  for (const [start, end] of free)
    for (let i = start; i < end; i++) if (words[i] !== GUARD) assert.fail(`a guard word at ${4 * i} was overwritten`);
  return to.map((address, i) => floats.slice(address / 4, address / 4 + outputs[i]));
}

const sizesOf = (one: Geometry) => [
  ...[one.batch, one.height, one.width, one.inChannels, one.outChannels],
  ...[...one.kernel, ...one.stride, one.pad[0], one.pad[2], ...outputSize(one)],
];

function forward(variant: Variant, one: Geometry, x: Floats, w: Floats, b?: Floats, relu = false) {
  const [outH, outW] = outputSize(one);
  return run(variant, [x, w, b], [one.batch * outH * outW * one.outChannels], (kernels, from, to, scratch) => {
    const bytes = kernels.f32_winograd_conv2d_scratch(one.inChannels, one.outChannels);
    kernels.f32_winograd_conv2d(...from, ...to, ...sizesOf(one), Number(relu), ...scratch(bytes));
  })[0];
}

function backward(variant: Variant, one: Geometry, dy: Floats, w: Floats, mask?: Floats) {
  const count = one.batch * one.height * one.width * one.inChannels;
  return run(variant, [dy, w, mask], [count], (kernels, [atDy, atW, atMask], [dx], scratch) => {
    const bytes = kernels.f32_winograd_input_gradient_scratch(one.inChannels, one.outChannels);
    kernels.f32_winograd_input_gradient(atDy, atW, dx, atMask, ...sizesOf(one), ...scratch(bytes));
  })[0];
}

function ofFilter(variant: Variant, one: Geometry, x: Floats, dy: Floats, withBias: boolean) {
  const counts = [9 * one.inChannels * one.outChannels, ...(withBias ? [one.outChannels] : [])];
  return run(variant, [x, dy], counts, (kernels, from, [dw, db = 0], scratch) => {
    const bytes = kernels.f32_winograd_filter_gradient_scratch(one.inChannels, one.outChannels);
    kernels.f32_winograd_filter_gradient(...from, dw, db, ...sizesOf(one), ...scratch(bytes));
  });
}

/** Shapes around the tile of 4x4 and the vector of 4, with operands of mean 0 and variance 1. */
function example(seed: number) {
  const { whole, pick, normal, uniform } = draws(seed);
  const channels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 32];
  const pad = [whole(0, 2), whole(0, 2), whole(0, 2), whole(0, 2)] as Geometry['pad'];
  const size = (padding: number) => Math.max(3 - padding, pick([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 17, 19]));
  const one: Geometry = {
    batch: whole(1, 3),
    height: size(pad[0] + pad[1]),
    width: size(pad[2] + pad[3]),
    inChannels: pick(channels),
    outChannels: pick(channels),
    kernel: [3, 3],
    stride: [1, 1],
    pad,
  };
  const [outH, outW] = outputSize(one);
  const x = normal(one.batch * one.height * one.width * one.inChannels);
  const w = normal(9 * one.inChannels * one.outChannels);
  const dy = normal(one.batch * outH * outW * one.outChannels);
  return { one, x, w, dy, bias: uniform() < 0.5 ? normal(one.outChannels) : undefined, flag: uniform() < 0.5 };
}

const EXAMPLES = Array.from({ length: 60 }, (_, i) => example(1000 + i));
const name = ({ batch, height, width, inChannels, outChannels, pad }: Geometry) =>
  `${batch}x${height}x${width}x${inChannels} to ${outChannels}, padding ${pad}`;

for (const variant of variants)
  describe(`Winograd's kernels, ${variant}`, () => {
    it('convolves, with bias and ReLU', () => {
      for (const { one, x, w, bias, flag } of EXAMPLES) {
        const expected = convolve(x, w, one).map((sum, i) => {
          const value = sum + (bias ? bias[i % one.outChannels] : 0);
          return flag ? Math.max(0, value) : value;
        });
        assertClose(forward(variant, one, x, w, bias, flag), expected, TOLERANCE, name(one));
      }
    });

    it('gives the gradient by the input, zero where ReLU was', () => {
      for (const { one, x, w, dy, flag } of EXAMPLES) {
        const mask = flag ? x.map((value, i) => (i % 7 === 0 ? NaN : Math.max(0, value))) : undefined;
        const expected = inputGradient(dy, w, one).map((value, i) => (mask && mask[i] <= 0 ? 0 : value));
        assertClose(backward(variant, one, dy, w, mask), expected, TOLERANCE, name(one));
      }
    });

    it('gives the gradients by filter and bias', () => {
      for (const { one, x, dy, flag } of EXAMPLES) {
        const [dw, db] = ofFilter(variant, one, x, dy, flag);
        assertClose(dw, filterGradient(x, dy, one), TOLERANCE, name(one));
        if (!db) continue;
        const expected = new Float64Array(one.outChannels);
        dy.forEach((value, i) => (expected[i % one.outChannels] += value));
        assertClose(db, expected, TOLERANCE, name(one));
      }
    });

    it('spreads what is not finite at least as far as the sum by definition, and no further than its tiles', () => {
      for (let index = 0; index < 20; index++) {
        const bad = index % 2 ? NaN : Infinity;
        const { whole } = draws(index);
        const { one, x, w, dy } = example(2000 + index);
        const [outH, outW] = outputSize(one);
        x[whole(0, x.length - 1)] = bad;
        dy[whole(0, dy.length - 1)] = bad;
        assertSpread(forward(variant, one, x, w), convolve(x, w, one), outH, outW, one.outChannels);
        const dx = backward(variant, one, dy, w);
        assertSpread(dx, inputGradient(dy, w, one), one.height, one.width, one.inChannels);
        const [dw, db] = ofFilter(variant, one, x, dy, true);
        filterGradient(x, dy, one).forEach((value, i) => assert.ok(Number.isFinite(value) || !Number.isFinite(dw[i])));
        assert.equal(db.filter((value) => !Number.isFinite(value)).length, 1);
      }
    });

    it('says that it pays for the layers of MiniVGG and ResNet, not for an image of one channel or of few pixels', () => {
      run(variant, [], [], (kernels) => {
        const pays = (...sizes: number[]) => kernels.f32_winograd_pays(...sizes);
        assert.equal(pays(32, 32, 16, 16, 32, 32), 1);
        assert.equal(pays(8, 8, 64, 64, 8, 8), 1);
        assert.equal(pays(26, 26, 16, 16, 24, 24), 1);
        assert.equal(pays(12, 12, 16, 32, 10, 10), 1);
        assert.equal(pays(28, 28, 1, 16, 28, 28), 0);
        assert.equal(pays(2, 2, 64, 64, 2, 2), 0);
      });
    });

    it('gives the same numbers for a range of images', () => {
      const { one, x, w } = EXAMPLES.find(({ one }) => one.batch === 3)!;
      const image = x.length / 3;
      const parts = [forward(variant, { ...one, batch: 1 }, x.slice(0, image), w)];
      parts.push(forward(variant, { ...one, batch: 2 }, x.slice(image), w));
      assert.deepEqual(
        parts.flatMap((part) => [...part]),
        [...forward(variant, one, x, w)],
      );
    });
  });

/** Not finite where `expected` is not; elsewhere close to it, but in 4x4 tiles with such a place. */
function assertSpread(actual: Float32Array, expected: Float64Array, height: number, width: number, channels: number) {
  const tileOf = (i: number) => {
    const pixel = Math.floor(i / channels);
    const row = Math.floor(pixel / width);
    return [Math.floor(row / height), (row % height) >> 2, (pixel % width) >> 2].join();
  };
  const bad = new Set<string>();
  expected.forEach((value, i) => {
    if (Number.isFinite(value)) return;
    assert.ok(!Number.isFinite(actual[i]), `at ${i} got ${actual[i]}, expected ${value}`);
    bad.add(tileOf(i));
  });
  const elsewhere = [...expected.keys()].filter((i) => !bad.has(tileOf(i)));
  assertClose(
    elsewhere.map((i) => actual[i]),
    elsewhere.map((i) => expected[i]),
    TOLERANCE,
  );
}
