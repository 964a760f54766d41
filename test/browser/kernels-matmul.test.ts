// Matrix products on WASM against float64.

import { assert } from 'chai';
import type { TfjsDevice } from './support/tfjs/device.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { at, mapped } from '../support/lists.js';
import { leakCheck } from './support/leaks.js';
import { onTfjsKernels, runKernel, sizeOf } from './support/tfjs-kernels.js';

interface Case {
  m: number;
  n: number;
  k: number;
  batch?: number[];
  transposeA?: boolean;
  transposeB?: boolean;
  bias?: boolean;
  activation?: 'linear' | 'relu';
}

async function compare(device: TfjsDevice, one: Case, seed = 1): Promise<void> {
  const { m, n, k, batch = [], transposeA = false, transposeB = false, bias = false, activation = 'linear' } = one;
  const { normal } = draws(seed);
  const shapeA = [...batch, ...(transposeA ? [k, m] : [m, k])];
  const shapeB = [...batch, ...(transposeB ? [n, k] : [k, n])];
  const [a, b] = mapped([shapeA, shapeB], (shape) => ({ shape, data: normal(sizeOf(shape)) }));
  const biases = bias ? { shape: [n], data: normal(n) } : undefined;
  const name = bias || activation !== 'linear' ? '_FusedMatMul' : 'BatchMatMul';
  const result = await runKernel(device, name, { a, b, bias: biases }, { transposeA, transposeB, activation });

  const expected = new Float64Array(sizeOf(batch) * m * n);
  expected.forEach((_, place) => {
    const [p, i, j] = [Math.floor(place / n / m), Math.floor(place / n) % m, place % n];
    let sum = biases ? at(biases.data, j) : 0;
    for (let l = 0; l < k; l++)
      sum +=
        at(a.data, p * m * k + (transposeA ? l * m + i : i * k + l)) *
        at(b.data, p * n * k + (transposeB ? j * k + l : l * n + j));
    expected[place] = activation === 'relu' ? Math.max(0, sum) : sum;
  });
  assert.deepEqual(result.shape, [...batch, m, n], JSON.stringify(one));
  assertClose(result.data, expected, 1e-6 * Math.sqrt(k), JSON.stringify(one));
}

const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 25, 31];
const layouts = [
  { transposeA: false, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: false },
  { transposeA: true, transposeB: true },
];

describe('matrix products', () => {
  onTfjsKernels((device) => {
    for (const layout of layouts)
      it(`sizes around the tile's and primes, ${JSON.stringify(layout)}`, async () => {
        for (const m of sizes) for (const n of sizes) await compare(device(), { m, n, k: 11, ...layout });
        for (const k of [...sizes, 33, 64, 127]) await compare(device(), { m: 9, n: 19, k, ...layout });
      });

    it('bias and ReLU', async () => {
      for (const { transposeB } of layouts.slice(0, 2))
        for (const bias of [false, true])
          for (const activation of ['linear', 'relu'] as const)
            for (const m of [1, 4, 6, 17])
              for (const n of [3, 8, 10, 84]) await compare(device(), { m, n, k: 23, transposeB, bias, activation });
    });

    it('batches of matrices', async () => {
      for (const layout of layouts) await compare(device(), { m: 5, n: 6, k: 7, batch: [2, 3], ...layout });
    });

    it('what is left to tfjs: transposed and fused, other activations, broadcasting', async () => {
      await compare(device(), { m: 5, n: 6, k: 7, batch: [1], transposeA: true, bias: true, activation: 'relu' });
      const a = { shape: [1, 2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
      const b = { shape: [2, 3, 1], data: Float32Array.of(1, 1, 1, 2, 2, 2) };
      const product = await runKernel(device(), 'BatchMatMul', { a, b }, { transposeA: false, transposeB: false });
      assert.deepEqual([...product.data], [6, 15, 12, 30]);
    });

    it('random sizes', async () => {
      const { whole, pick } = draws(3);
      for (let seed = 0; seed < 100; seed++)
        await compare(device(), { m: whole(1, 40), n: whole(1, 40), k: whole(1, 90), ...pick(layouts) }, seed);
    });

    it('not a number and infinity reach what depends on them, and nothing else', async () => {
      for (const layout of layouts)
        for (const n of [3, 9]) {
          const [m, k] = [6, 5];
          const a = { shape: layout.transposeA ? [k, m] : [m, k], data: new Float32Array(m * k).fill(1) };
          const b = { shape: layout.transposeB ? [n, k] : [k, n], data: new Float32Array(n * k).fill(1) };
          a.data[layout.transposeA ? 2 : 2 * k] = NaN; // row 2
          b.data[layout.transposeB ? k : 1] = Infinity; // column 1
          const { data } = await runKernel(device(), 'BatchMatMul', { a, b }, layout);
          data.forEach((value, at) => {
            const [i, j] = [Math.floor(at / n), at % n];
            const expected = i === 2 ? NaN : j === 1 ? Infinity : k;
            assert.isTrue(Object.is(value, expected), `${JSON.stringify(layout)} ${i} ${j}: ${value}`);
          });
        }
      const a = { shape: [1, 1, 1], data: Float32Array.of(NaN) };
      const b = { shape: [1, 1, 1], data: Float32Array.of(1) };
      const attrs = { transposeA: false, transposeB: false, activation: 'relu' };
      const { data } = await runKernel(device(), '_FusedMatMul', { a, b }, attrs);
      assert.deepEqual([...data], [NaN]);
    });

    it('leaks nothing', () => leakCheck(device(), () => compare(device(), { m: 33, n: 57, k: 90, bias: true })));
  });
});
