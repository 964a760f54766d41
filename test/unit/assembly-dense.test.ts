// The dense layer's kernels on a memory of their own, against float64: every range of columns or rows alone and whole.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { binaries } from '../../src/backends/wasm/assembly/binaries.js';
import { hasRelaxedSimd } from '../../src/backends/wasm/features.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';

const UNTOUCHED = -98765.5; // in all that a kernel should not write

type Kernels = Record<string, (...args: number[]) => number>;

/** The kernels, and places for tensors one after the other with guard words between. */
class Bench {
  readonly kernels: Kernels;
  private readonly memory = new WebAssembly.Memory({ initial: 64 });
  private readonly floats = new Float32Array(this.memory.buffer);
  private top = 1;

  constructor(variant: 'simd' | 'relaxed') {
    const module = new WebAssembly.Module(Buffer.from(binaries[variant], 'base64'));
    this.kernels = new WebAssembly.Instance(module, { env: { memory: this.memory } }).exports as unknown as Kernels;
    this.clear();
  }

  clear(): void {
    this.floats.fill(UNTOUCHED);
    this.top = 1; // no address is a multiple of 16 by luck
  }

  /** The address of a copy of values, or of so many untouched ones. */
  place(data: Float32Array | number): number {
    const at = this.top + 4;
    if (typeof data !== 'number') this.floats.set(data, at);
    this.top = at + (typeof data === 'number' ? data : data.length) + 4;
    assert.ok(this.top < this.floats.length / 2);
    return at * 4;
  }

  /** Forgets the last tensor. */
  free(address: number): void {
    this.floats.fill(UNTOUCHED, address / 4, this.top);
    this.top = address / 4 - 4;
  }

  scratch(bytes: number): [start: number, end: number] {
    const start = this.memory.buffer.byteLength - Math.ceil(bytes / 16) * 16;
    return [start, start + bytes];
  }

  read(address: number, count: number): Float32Array {
    return this.floats.slice(address / 4, address / 4 + count);
  }

  /** What lies around a tensor is as it was. */
  checkGuards(address: number, count: number): void {
    for (const guard of [this.read(address - 16, 4), this.read(address + count * 4, 4)])
      assert.deepEqual([...guard], Array(4).fill(UNTOUCHED));
  }
}

interface Sizes {
  rows: number;
  inputs: number;
  units: number;
}

/** Element [i, j] of a product over k, in float64. */
function product(m: number, n: number, k: number, term: (i: number, j: number, l: number) => number): Float64Array {
  return Float64Array.from({ length: m * n }, (_, at) => {
    let sum = 0;
    for (let l = 0; l < k; l++) sum += term(Math.floor(at / n), at % n, l);
    return sum;
  });
}

/** Runs a kernel on all of `count`, then on two ranges for every cut: the same bits, and nothing beyond a range. */
function compareRanges(
  bench: Bench,
  output: { size: number; count: number; index: (at: number) => number },
  run: (address: number, first: number, last: number) => void,
  expected: Float64Array,
  tolerance: number,
  what: string,
): void {
  const address = bench.place(output.size);
  run(address, 0, output.count);
  const whole = bench.read(address, output.size);
  bench.checkGuards(address, output.size);
  assertClose(whole, expected, tolerance, what);
  bench.free(address);
  for (let cut = 8; cut < output.count; cut += 8)
    for (const first of [0, cut]) {
      const last = first === 0 ? cut : output.count;
      const part = bench.place(output.size);
      run(part, first, last);
      bench.checkGuards(part, output.size);
      const wanted = whole.map((value, at) => {
        return output.index(at) >= first && output.index(at) < last ? value : UNTOUCHED;
      });
      assert.deepEqual(bench.read(part, output.size), wanted, `${what}, ${first} to ${last} of ${output.count}`);
      bench.free(part);
    }
}

function compare(bench: Bench, { rows, inputs, units }: Sizes, seed = 1): void {
  const { normal, pick } = draws(seed);
  const [x, weight, bias, dy] = [rows * inputs, inputs * units, units, rows * units].map(normal);
  const [flag, biased, masked] = [pick([0, 1]), pick([true, false]), pick([true, false])];
  const what = JSON.stringify({ rows, inputs, units, relu: flag, biased, masked });
  bench.clear();
  const at = { x: bench.place(x), weight: bench.place(weight), bias: bench.place(bias), dy: bench.place(dy) };
  const { f32_dense, f32_dense_input_gradient, f32_dense_weight_gradient } = bench.kernels;

  const y = product(rows, units, inputs, (i, j, l) => x[i * inputs + l] * weight[l * units + j]);
  y.forEach((value, i) => (y[i] = value + (biased ? bias[i % units] : 0)));
  compareRanges(
    bench,
    { size: rows * units, count: units, index: (at) => at % units },
    (to, first, last) => f32_dense(at.x, at.weight, biased ? at.bias : 0, to, rows, inputs, units, first, last, flag),
    flag ? y.map((value) => Math.max(0, value)) : y,
    1e-6 * Math.sqrt(inputs),
    `dense ${what}`,
  );

  const dx = product(rows, inputs, units, (i, j, l) => dy[i * units + l] * weight[j * units + l]);
  compareRanges(
    bench,
    { size: rows * inputs, count: inputs, index: (at) => at % inputs },
    (to, first, last) =>
      f32_dense_input_gradient(at.dy, at.weight, to, masked ? at.x : 0, rows, inputs, units, first, last),
    masked ? dx.map((value, i) => (x[i] > 0 ? value : 0)) : dx,
    1e-6 * Math.sqrt(units),
    `input gradient ${what}`,
  );

  const [scratch, end] = bench.scratch(bench.kernels.f32_dense_weight_gradient_scratch(rows));
  const db = bench.place(units);
  compareRanges(
    bench,
    { size: inputs * units, count: inputs, index: (at) => Math.floor(at / units) },
    (to, first, last) =>
      f32_dense_weight_gradient(
        ...[at.x, at.dy, to, first === 0 ? db : 0],
        ...[rows, inputs, units, first, last, scratch, end],
      ),
    product(inputs, units, rows, (i, j, l) => x[l * inputs + i] * dy[l * units + j]),
    1e-6 * Math.sqrt(rows),
    `weight gradient ${what}`,
  );
  bench.checkGuards(db, units);
  const sums = product(1, units, rows, (_, j, l) => dy[l * units + j]);
  assertClose(bench.read(db, units), sums, 1e-6 * Math.sqrt(rows), `bias gradient ${what}`);
}

for (const variant of hasRelaxedSimd() ? (['simd', 'relaxed'] as const) : (['simd'] as const))
  describe(`kernels of the dense layer, ${variant}`, () => {
    const bench = new Bench(variant);
    const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 17, 25, 31];

    it('rows around the tiles and primes', () => {
      for (const rows of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 16, 17, 19, 25, 64, 67])
        for (const units of [1, 5, 8, 10, 19]) compare(bench, { rows, inputs: 11, units }, rows);
    });

    it('columns around the tiles and primes', () => {
      for (const rows of [1, 5, 16])
        for (const inputs of sizes) for (const units of sizes) compare(bench, { rows, inputs, units }, inputs * units);
    });

    it('blocks of inputs, of rows, and of dy packed', () => {
      for (const inputs of [255, 256, 257, 769]) compare(bench, { rows: 6, inputs, units: 12 });
      for (const units of [255, 256, 257, 521]) compare(bench, { rows: 16, inputs: 9, units });
      for (const rows of [98, 100, 102, 103, 511, 512, 1031]) compare(bench, { rows, inputs: 9, units: 17 });
    });

    it('random sizes', () => {
      const { whole } = draws(5);
      for (let seed = 0; seed < 60; seed++)
        compare(bench, { rows: whole(1, 40), inputs: whole(1, 70), units: whole(1, 50) }, seed);
    });

    it('not a number and infinity reach what depends on them, and nothing else', () => {
      const { f32_dense, f32_dense_input_gradient, f32_dense_weight_gradient } = bench.kernels;
      const { whole } = draws(7);
      const ones = (count: number, at: number, value: number) =>
        new Float32Array(count).fill(1).fill(value, at, at + 1);
      const check = (to: number, m: number, n: number, row: number, column: number, k: number, what: string) =>
        bench.read(to, m * n).forEach((value, at) => {
          const [i, j] = [Math.floor(at / n), at % n];
          const expected = i === row ? NaN : j === column ? Infinity : k;
          assert.ok(Object.is(value, expected), `${what} ${m}x${n} of ${k}, ${i} ${j}: ${value}, not ${expected}`);
        });
      for (const rows of [1, 3, 6, 11])
        for (const inputs of [1, 5, 14])
          for (const units of [1, 3, 5, 10, 14])
            for (let draw = 0; draw < 12; draw++) {
              const [row, input, unit] = [rows, inputs, units].map((size) => whole(0, size - 1));
              bench.clear();
              const what = `at ${row} ${input} ${unit},`;
              const to = bench.place(2000);
              const x = bench.place(ones(rows * inputs, row * inputs + input, NaN));
              const weight = bench.place(ones(inputs * units, input * units + unit, Infinity));
              f32_dense(x, weight, 0, to, rows, inputs, units, 0, units, 1);
              check(to, rows, units, row, unit, inputs, `dense ${what}`);
              const dy = bench.place(ones(rows * units, row * units + unit, NaN));
              f32_dense_input_gradient(dy, weight, to, x, rows, inputs, units, 0, inputs); // kept where x is NaN
              check(to, rows, inputs, row, input, units, `input gradient ${what}`);
              const [scratch, end] = bench.scratch(bench.kernels.f32_dense_weight_gradient_scratch(rows));
              const infinite = bench.place(ones(rows * units, row * units + unit, Infinity));
              const plain = bench.place(new Float32Array(inputs * units).fill(1));
              f32_dense_input_gradient(infinite, plain, to, 0, rows, inputs, units, 0, inputs);
              bench.read(to, rows * inputs).forEach((value, at) => {
                assert.equal(value, Math.floor(at / inputs) === row ? Infinity : units, `input gradient ${what}`);
              });
              f32_dense_weight_gradient(x, infinite, to, 0, rows, inputs, units, 0, inputs, scratch, end);
              check(to, inputs, units, input, unit, rows, `weight gradient ${what}`);
            }
    });
  });
