// Pooling, sums and batch norm under tfjs's names against float64.

import { assert } from 'chai';
import type { TfjsDevice } from './support/tfjs/device.js';
import { assertClose } from '../support/close.js';
import { convolutionOf, pool, poolGradient } from '../support/convolution.js';
import { draws } from '../support/draws.js';
import { addTo, at } from '../support/lists.js';
import { leakCheck } from './support/leaks.js';
import { onTfjsKernels, runKernel, sizeOf } from './support/tfjs-kernels.js';

const channelCounts = [1, 2, 3, 4, 5, 6, 7, 8, 13, 16, 17];

interface Pool {
  shape: [batch: number, height: number, width: number, channels: number];
  size: [number, number];
  stride: [number, number];
  pad: 'same' | 'valid';
}

async function comparePools(device: TfjsDevice, one: Pool, seed = 1): Promise<void> {
  const what = (name: string) => `${name} ${JSON.stringify(one)}`;
  const { normal } = draws(seed);
  const [batch, height, width, channels] = one.shape;
  const windows = { kernel: one.size, stride: one.stride, pad: one.pad };
  const geometry = convolutionOf({ batch, height, width, inChannels: channels, outChannels: channels, ...windows });
  const outShape = [batch, geometry.outH, geometry.outW, channels];
  const x = { shape: [...one.shape], data: normal(sizeOf(one.shape)) };
  const dy = { shape: outShape, data: normal(sizeOf(outShape)) };
  const attrs = { filterSize: one.size, strides: one.stride, pad: one.pad };
  const y = await runKernel(device, 'MaxPool', { x }, attrs);
  assert.deepEqual(y.shape, outShape, what('MaxPool'));
  assertClose(y.data, pool(x.data, geometry, false), 0, what('MaxPool'));
  const mean = await runKernel(device, 'AvgPool', { x }, attrs);
  assertClose(mean.data, pool(x.data, geometry, true), 1e-6, what('AvgPool'));
  const dx = await runKernel(device, 'MaxPoolGrad', { dy, input: x, output: y }, attrs);
  assertClose(dx.data, poolGradient(x.data, dy.data, geometry, false), 1e-6, what('MaxPoolGrad'));
  const spread = await runKernel(device, 'AvgPoolGrad', { dy, input: x }, attrs);
  assertClose(spread.data, poolGradient(x.data, dy.data, geometry, true), 1e-6, what('AvgPoolGrad'));
}

describe('pooling', () => {
  onTfjsKernels((device) => {
    it('channels around the vector and primes', async () => {
      for (const channels of channelCounts)
        for (const stride of [1, 2, 3])
          for (const pad of ['valid', 'same'] as const)
            await comparePools(device(), { shape: [2, 7, 6, channels], size: [2, 2], stride: [stride, stride], pad });
    });

    it('random windows, strides and sizes', async () => {
      const { whole, pick } = draws(11);
      for (let seed = 0; seed < 60; seed++) {
        const size: [number, number] = [whole(1, 4), whole(1, 4)];
        const shape: Pool['shape'] = [whole(1, 3), whole(4, 11), whole(4, 11), whole(1, 9)];
        await comparePools(
          device(),
          { shape, size, stride: [whole(1, 4), whole(1, 4)], pad: pick(['same', 'valid']) },
          seed,
        );
      }
    });

    it('not a number is the greatest of its window', async () => {
      const x = { shape: [1, 2, 4, 1], data: Float32Array.of(1, NaN, 3, 4, 5, 6, 7, 8) };
      const y = await runKernel(device(), 'MaxPool', { x }, { filterSize: 2, strides: 2, pad: 'valid' });
      assert.deepEqual([...y.data], [NaN, 8]);
    });

    it('leaks nothing', () =>
      leakCheck(device(), () =>
        comparePools(device(), { shape: [2, 9, 9, 6], size: [3, 3], stride: [2, 2], pad: 'same' }),
      ));
  });
});

describe('sums over the first axes', () => {
  onTfjsKernels((device) => {
    it('of any number of rows and columns', async () => {
      for (const columns of [...channelCounts, 31, 64, 84])
        for (const rows of [1, 2, 3, 16, 37]) {
          const x = { shape: [rows, 2, columns], data: draws(rows).normal(2 * rows * columns) };
          const expected = new Float64Array(columns);
          x.data.forEach((value, i) => addTo(expected, i % columns, value));
          const sum = await runKernel(device(), 'Sum', { x }, { axis: [0, 1], keepDims: false });
          assert.deepEqual(sum.shape, [columns]);
          assertClose(sum.data, expected, 1e-5, `${rows} x ${columns}`);
        }
    });
  });
});

describe('batch norm by given statistics', () => {
  onTfjsKernels((device) => {
    it('channels around the vector and primes, with and without scale and offset', async () => {
      for (const channels of channelCounts)
        for (const affine of [true, false]) {
          const { normal } = draws(channels);
          const vector = () => ({ shape: [channels], data: normal(channels) });
          const x = { shape: [3, 5, channels], data: normal(15 * channels) };
          const [mean, scale, offset, spread] = [vector(), vector(), vector(), vector()];
          const variance = { ...spread, data: spread.data.map(Math.abs) };
          const inputs = { x, mean, variance, ...(affine && { scale, offset }) };
          const y = await runKernel(device(), 'FusedBatchNorm', inputs, { varianceEpsilon: 1e-3 });
          const expected = Float64Array.from(x.data, (value, i) => {
            const c = i % channels;
            const z = (value - at(mean.data, c)) / Math.sqrt(at(variance.data, c) + 1e-3);
            return affine ? z * at(scale.data, c) + at(offset.data, c) : z;
          });
          assertClose(y.data, expected, 1e-5, `${channels} channels`);
        }
    });
  });
});
