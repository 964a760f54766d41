// The dense layer's kernels on a memory of their own, against float64: every range of columns or rows alone and whole.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KernelCall } from '../../src/backends/wasm/kernel-call.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { addTo, at, mapped } from '../support/lists.js';
import { VARIANTS, arena } from './support/assembly.js';
import type { Arena, Variant } from './support/assembly.js';

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

interface Output {
  size: number;
  /** Columns or rows, of which there are ranges, and that of a value. */
  count: number;
  index: (at: number) => number;
}

/** Runs a kernel on all of an output, then on two ranges for every cut: the same bits, and nothing beyond a range. */
function compareRanges(
  { room, run, read, check }: Arena,
  { size, count, index }: Output,
  call: (address: number, first: number, last: number) => KernelCall,
  expected: Float64Array,
  tolerance: number,
  what: string,
): void {
  const address = room(size);
  run(call(address, 0, count));
  const whole = read(address, size);
  assertClose(whole, expected, tolerance, what);
  for (let cut = 8; cut < count; cut += 8)
    for (const first of [0, cut]) {
      const last = first === 0 ? cut : count;
      const part = room(size);
      run(call(part, first, last));
      const wanted = whole.map((value, at) => (index(at) >= first && index(at) < last ? value : NaN));
      assert.deepEqual([...read(part, size)], [...wanted], `${what}, ${first} to ${last} of ${count}`);
    }
  check();
}

function compare(variant: Variant, sizes: Sizes, seed = 1): void {
  const { rows, inputs, units } = sizes;
  const { normal, pick } = draws(seed);
  const [x, weight, bias, dy] = mapped([rows * inputs, inputs * units, units, rows * units], normal);
  const [relu, biased, masked] = [pick([false, true]), pick([true, false]), pick([true, false])];
  const what = JSON.stringify({ rows, inputs, units, relu, biased, masked });
  const bench = arena(variant);
  const put = { x: bench.put(x), weight: bench.put(weight), bias: bench.put(bias), dy: bench.put(dy) };

  const y = product(rows, units, inputs, (i, j, l) => at(x, i * inputs + l) * at(weight, l * units + j));
  if (biased) y.forEach((_, i) => addTo(y, i, at(bias, i % units)));
  const from = { x: put.x, weight: put.weight, bias: biased ? put.bias : 0 };
  compareRanges(
    bench,
    { size: rows * units, count: units, index: (i) => i % units },
    (y, first, last) => ({ kernel: 'f32_dense', ...from, y, ...sizes, first, last, relu }),
    relu ? y.map((value) => Math.max(0, value)) : y,
    1e-6 * Math.sqrt(inputs),
    `dense ${what}`,
  );

  const dx = product(rows, inputs, units, (i, j, l) => at(dy, i * units + l) * at(weight, j * units + l));
  const above = { dy: put.dy, weight: put.weight, mask: masked ? put.x : 0 };
  compareRanges(
    bench,
    { size: rows * inputs, count: inputs, index: (i) => i % inputs },
    (dx, first, last) => ({ kernel: 'f32_dense_input_gradient', ...above, dx, ...sizes, first, last }),
    masked ? dx.map((value, i) => (at(x, i) > 0 ? value : 0)) : dx,
    1e-6 * Math.sqrt(units),
    `input gradient ${what}`,
  );

  const db = bench.room(units);
  const both = { x: put.x, dy: put.dy };
  compareRanges(
    bench,
    { size: inputs * units, count: inputs, index: (i) => Math.floor(i / units) },
    (dw, first, last) => {
      return { kernel: 'f32_dense_weight_gradient', ...both, dw, db: first === 0 ? db : 0, ...sizes, first, last };
    },
    product(inputs, units, rows, (i, j, l) => at(x, l * inputs + i) * at(dy, l * units + j)),
    1e-6 * Math.sqrt(rows),
    `weight gradient ${what}`,
  );
  const sums = product(1, units, rows, (_, j, l) => at(dy, l * units + j));
  assertClose(bench.read(db, units), sums, 1e-6 * Math.sqrt(rows), `bias gradient ${what}`);
}

for (const variant of VARIANTS)
  describe(`kernels of the dense layer, ${variant}`, () => {
    const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 17, 25, 31];

    it('rows around the tiles and primes', () => {
      for (const rows of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 16, 17, 19, 25, 64, 67])
        for (const units of [1, 5, 8, 10, 19]) compare(variant, { rows, inputs: 11, units }, rows);
    });

    it('columns around the tiles and primes', () => {
      for (const rows of [1, 5, 16])
        for (const inputs of sizes)
          for (const units of sizes) compare(variant, { rows, inputs, units }, inputs * units);
    });

    it('blocks of inputs, of rows, and of dy packed', () => {
      for (const inputs of [255, 256, 257, 769]) compare(variant, { rows: 6, inputs, units: 12 });
      for (const units of [255, 256, 257, 521]) compare(variant, { rows: 16, inputs: 9, units });
      for (const rows of [98, 100, 102, 103, 511, 512, 1031]) compare(variant, { rows, inputs: 9, units: 17 });
    });

    it('random sizes', () => {
      const { whole } = draws(5);
      for (let seed = 0; seed < 60; seed++)
        compare(variant, { rows: whole(1, 40), inputs: whole(1, 70), units: whole(1, 50) }, seed);
    });

    it('not a number and infinity reach what depends on them, and nothing else', () => {
      const { whole } = draws(7);
      for (const rows of [1, 3, 6, 11])
        for (const inputs of [1, 5, 14])
          for (const units of [1, 3, 5, 10, 14])
            for (let draw = 0; draw < 12; draw++) {
              const [row, input, unit] = mapped([rows, inputs, units], (size) => whole(0, size - 1));
              spread(variant, { rows, inputs, units }, row, input, unit);
            }
    });
  });

/** What one value that is not finite in each operand does to the products. */
function spread(variant: Variant, sizes: Sizes, row: number, input: number, unit: number): void {
  const { rows, inputs, units } = sizes;
  const { put, room, run, read, check } = arena(variant);
  const ones = (count: number, at = 0, value = 1) => put(new Float32Array(count).fill(1).fill(value, at, at + 1));
  const to = room(Math.max(rows * units, rows * inputs, inputs * units));
  const compare = (m: number, n: number, expected: (i: number, j: number) => number, what: string) =>
    read(to, m * n).forEach((value, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      const wanted = expected(i, j);
      const place = `at ${row} ${input} ${unit} of ${JSON.stringify(sizes)}`;
      assert.ok(Object.is(value, wanted), `${what} ${place}, ${i} ${j}: ${value}, not ${wanted}`);
    });

  const x = ones(rows * inputs, row * inputs + input, NaN);
  const weight = ones(inputs * units, input * units + unit, Infinity);
  run({ kernel: 'f32_dense', x, weight, bias: 0, y: to, ...sizes, first: 0, last: units, relu: true });
  compare(rows, units, (i, j) => (i === row ? NaN : j === unit ? Infinity : inputs), 'dense');

  const all = { first: 0, last: inputs, ...sizes };
  const dy = ones(rows * units, row * units + unit, NaN);
  run({ kernel: 'f32_dense_input_gradient', dy, weight, dx: to, mask: x, ...all }); // kept where x is NaN
  compare(rows, inputs, (i, j) => (i === row ? NaN : j === input ? Infinity : units), 'input gradient');

  const infinite = ones(rows * units, row * units + unit, Infinity);
  run({ kernel: 'f32_dense_input_gradient', dy: infinite, weight: ones(inputs * units), dx: to, mask: 0, ...all });
  compare(rows, inputs, (i) => (i === row ? Infinity : units), 'input gradient of infinity');

  run({ kernel: 'f32_dense_weight_gradient', x, dy: infinite, dw: to, db: 0, ...all });
  compare(inputs, units, (i, j) => (i === input ? NaN : j === unit ? Infinity : rows), 'weight gradient');
  check();
}
