import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertClose } from '../support/close.js';
import {
  convolutionOf,
  convolve,
  filterGradient,
  filterSize,
  inputGradient,
  inputSize,
  outputSize,
} from '../support/convolution.js';
import type { Convolution } from '../support/convolution.js';
import { draws } from '../support/draws.js';
import { addTo, at, mapped } from '../support/lists.js';
import { VARIANTS, arena } from './support/assembly.js';
import type { Variant } from './support/assembly.js';

type Floats = Float32Array;

const TOLERANCE = 5e-6; // of the greatest number; F(4x4, 3x3) promises less than 1e-5

interface Options {
  relu?: boolean;
  /** The filter is prepared by a call of its own. */
  isPrepared?: boolean;
}

function forward(variant: Variant, one: Convolution, x: Floats, w: Floats, b?: Floats, options: Options = {}) {
  const { put, room, geometry, run, read, check, exports } = arena(variant);
  const { relu = false, isPrepared = false } = options;
  const sizes = geometry(one);
  const y = room(outputSize(one));
  const prepared = isPrepared ? room(exports.f32_winograd_prepared(sizes) / 4) : 0;
  const parameters = { filter: put(w), bias: b ? put(b) : 0, prepared };
  if (isPrepared) run({ kernel: 'f32_winograd_prepare', ...parameters, geometry: sizes });
  const inputs = { x: put(x), ...(isPrepared ? { filter: 0, bias: 0, prepared } : parameters) };
  run({ kernel: 'f32_winograd_conv2d', ...inputs, y, batch: one.batch, geometry: sizes, relu });
  check();
  return read(y, outputSize(one));
}

function backward(variant: Variant, one: Convolution, dy: Floats, w: Floats, mask?: Floats) {
  const { put, room, geometry, run, read, check } = arena(variant);
  const dx = room(inputSize(one));
  const inputs = { dy: put(dy), filter: put(w), mask: mask ? put(mask) : 0 };
  run({ kernel: 'f32_winograd_input_gradient', ...inputs, dx, batch: one.batch, geometry: geometry(one) });
  check();
  return read(dx, inputSize(one));
}

function ofFilter(variant: Variant, one: Convolution, x: Floats, dy: Floats, withBias: boolean) {
  const { put, room, geometry, run, read, check } = arena(variant);
  const [dw, db] = [room(filterSize(one)), withBias ? room(one.outChannels) : 0];
  const inputs = { x: put(x), dy: put(dy) };
  run({ kernel: 'f32_winograd_filter_gradient', ...inputs, dw, db, batch: one.batch, geometry: geometry(one) });
  check();
  return { dw: read(dw, filterSize(one)), db: db ? read(db, one.outChannels) : undefined };
}

/** Shapes around the tile of 4x4 and the vector of 4, with operands of mean 0 and variance 1. */
function example(seed: number) {
  const { whole, pick, normal, uniform } = draws(seed);
  const channels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 32];
  const pad: [number, number, number, number] = [whole(0, 2), whole(0, 2), whole(0, 2), whole(0, 2)];
  const size = (padding: number) => Math.max(3 - padding, pick([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 17, 19]));
  const one = convolutionOf({
    batch: whole(1, 3),
    height: size(pad[0] + pad[1]),
    width: size(pad[2] + pad[3]),
    inChannels: pick(channels),
    outChannels: pick(channels),
    kernel: [3, 3],
    stride: [1, 1],
    pad,
  });
  const [x, w, dy] = mapped([inputSize(one), filterSize(one), outputSize(one)], normal);
  return { one, x, w, dy, bias: uniform() < 0.5 ? normal(one.outChannels) : undefined, flag: uniform() < 0.5 };
}

const EXAMPLES = Array.from({ length: 60 }, (_, i) => example(1000 + i));
const name = ({ batch, height, width, inChannels, outChannels, top, left }: Convolution) =>
  `${batch}x${height}x${width}x${inChannels} to ${outChannels}, padding ${top}, ${left}`;

for (const variant of VARIANTS)
  describe(`Winograd's kernels, ${variant}`, () => {
    it('convolves, with bias and ReLU', () => {
      for (const { one, x, w, bias, flag } of EXAMPLES) {
        const expected = convolve(x, w, one).map((sum, i) => {
          const value = sum + (bias ? at(bias, i % one.outChannels) : 0);
          return flag ? Math.max(0, value) : value;
        });
        assertClose(forward(variant, one, x, w, bias, { relu: flag }), expected, TOLERANCE, name(one));
      }
    });

    it('gives the same numbers by a filter that was prepared', () => {
      for (const { one, x, w, bias } of EXAMPLES.slice(0, 20))
        assert.deepEqual(forward(variant, one, x, w, bias, { isPrepared: true }), forward(variant, one, x, w, bias));
    });

    it('gives the gradient by the input, zero where ReLU was', () => {
      for (const { one, x, w, dy, flag } of EXAMPLES) {
        const mask = flag ? x.map((value, i) => (i % 7 === 0 ? NaN : Math.max(0, value))) : undefined;
        const expected = inputGradient(dy, w, one).map((value, i) => (mask && at(mask, i) <= 0 ? 0 : value));
        assertClose(backward(variant, one, dy, w, mask), expected, TOLERANCE, name(one));
      }
    });

    it('gives the gradients by filter and bias', () => {
      for (const { one, x, dy, flag } of EXAMPLES) {
        const { dw, db } = ofFilter(variant, one, x, dy, flag);
        assertClose(dw, filterGradient(x, dy, one), TOLERANCE, name(one));
        if (!db) continue;
        const expected = new Float64Array(one.outChannels);
        dy.forEach((value, i) => addTo(expected, i % one.outChannels, value));
        assertClose(db, expected, TOLERANCE, name(one));
      }
    });

    it('spreads what is not finite at least as far as the sum by definition, and no further than its tiles', () => {
      for (let index = 0; index < 20; index++) {
        const bad = index % 2 ? NaN : Infinity;
        const { whole } = draws(index);
        const { one, x, w, dy } = example(2000 + index);
        x[whole(0, x.length - 1)] = bad;
        dy[whole(0, dy.length - 1)] = bad;
        assertSpread(forward(variant, one, x, w), convolve(x, w, one), one.outH, one.outW, one.outChannels);
        const dx = backward(variant, one, dy, w);
        assertSpread(dx, inputGradient(dy, w, one), one.height, one.width, one.inChannels);
        const { dw, db } = ofFilter(variant, one, x, dy, true);
        filterGradient(x, dy, one).forEach((value, i) => assert.ok(Number.isFinite(value) || !Number.isFinite(dw[i])));
        assert.equal(db?.filter((value) => !Number.isFinite(value)).length, 1);
      }
    });

    it('says that it pays for the layers of MiniVGG and ResNet, not for one channel, few pixels or other filters', () => {
      const pays = (size: number, inChannels: number, outChannels: number, pad: number, kernel = 3, stride = 1) => {
        const { exports, geometry } = arena(variant);
        const sizes = { batch: 1, height: size, width: size, inChannels, outChannels };
        const one = convolutionOf({ ...sizes, kernel: [kernel, kernel], stride: [stride, stride], pad });
        return exports.f32_winograd_pays(geometry(one));
      };
      assert.equal(pays(32, 16, 16, 1), 1);
      assert.equal(pays(8, 64, 64, 1), 1);
      assert.equal(pays(26, 16, 16, 0), 1);
      assert.equal(pays(12, 16, 32, 0), 1);
      assert.equal(pays(28, 1, 16, 1), 0);
      assert.equal(pays(2, 64, 64, 1), 0);
      assert.equal(pays(32, 16, 16, 2, 5), 0);
      assert.equal(pays(32, 16, 16, 1, 3, 2), 0);
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
    elsewhere.map((i) => at(actual, i)),
    elsewhere.map((i) => at(expected, i)),
    TOLERANCE,
  );
}
