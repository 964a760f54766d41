// Pooling, sums and batch norm under tfjs's names against float64.

import { assert } from 'chai';
import type { TensorDevice } from '../../src/backends/tensors/tensor-device.js';
import { assertClose } from '../support/close.js';
import { outputSize, samePad } from '../support/convolution.js';
import { draws } from '../support/draws.js';
import { onOwnKernels } from './support/tfjs-kernels.js';
import { runKernel, sizeOf } from './support/kernel.js';
import { leakCheck } from './support/leaks.js';

const channelCounts = [1, 2, 3, 4, 5, 6, 7, 8, 13, 16, 17];

interface Pool {
  shape: [batch: number, height: number, width: number, channels: number];
  size: [number, number];
  stride: [number, number];
  pad: 'same' | 'valid';
}

/** Calls `visit` for each window with the flat index of its output and those of its inputs. */
function eachWindow({ shape, size, stride, pad }: Pool, visit: (y: number, xs: number[]) => void): number[] {
  const [batch, height, width, channels] = shape;
  const open = { batch, height, width, inChannels: 1, outChannels: 1, kernel: size, stride };
  const geometry = {
    ...open,
    pad: pad === 'same' ? samePad(open) : ([0, 0, 0, 0] as [number, number, number, number]),
  };
  const [outHeight, outWidth] = outputSize(geometry);
  for (let at = 0; at < batch * outHeight * outWidth * channels; at++) {
    const [c, ox] = [at % channels, Math.floor(at / channels) % outWidth];
    const [oy, n] = [
      Math.floor(at / channels / outWidth) % outHeight,
      Math.floor(at / channels / outWidth / outHeight),
    ];
    const seen: number[] = [];
    for (let i = 0; i < size[0]; i++)
      for (let j = 0; j < size[1]; j++) {
        const [row, column] = [oy * stride[0] + i - geometry.pad[0], ox * stride[1] + j - geometry.pad[2]];
        if (row >= 0 && row < height && column >= 0 && column < width)
          seen.push(((n * height + row) * width + column) * channels + c);
      }
    visit(at, seen);
  }
  return [batch, outHeight, outWidth, channels];
}

async function comparePools(device: TensorDevice, one: Pool, seed = 1): Promise<void> {
  const what = (name: string) => `${name} ${JSON.stringify(one)}`;
  const { normal } = draws(seed);
  const x = { shape: [...one.shape], data: normal(sizeOf(one.shape)) };
  const outShape = eachWindow(one, () => {});
  const dy = { shape: outShape, data: normal(sizeOf(outShape)) };
  const [most, mean] = [new Float64Array(dy.data.length), new Float64Array(dy.data.length)];
  const [mostGradient, meanGradient] = [new Float64Array(x.data.length), new Float64Array(x.data.length)];
  eachWindow(one, (at, seen) => {
    const best = seen.reduce((best, index) => (x.data[index] > x.data[best] ? index : best));
    most[at] = x.data[best];
    mostGradient[best] += dy.data[at];
    for (const index of seen) {
      mean[at] += x.data[index] / seen.length;
      meanGradient[index] += dy.data[at] / seen.length;
    }
  });
  const attrs = { filterSize: one.size, strides: one.stride, pad: one.pad };
  const [y] = await runKernel(device, 'MaxPool', { x }, attrs);
  assert.deepEqual(y.shape, outShape, what('MaxPool'));
  assertClose(y.data, most, 0, what('MaxPool'));
  assertClose((await runKernel(device, 'AvgPool', { x }, attrs))[0].data, mean, 1e-6, what('AvgPool'));
  const [dx] = await runKernel(device, 'MaxPoolGrad', { dy, input: x, output: y }, attrs);
  assertClose(dx.data, mostGradient, 1e-6, what('MaxPoolGrad'));
  const [spread] = await runKernel(device, 'AvgPoolGrad', { dy, input: x }, attrs);
  assertClose(spread.data, meanGradient, 1e-6, what('AvgPoolGrad'));
}

describe('pooling', () => {
  onOwnKernels((device) => {
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
      const [y] = await runKernel(device(), 'MaxPool', { x }, { filterSize: 2, strides: 2, pad: 'valid' });
      assert.deepEqual([...y.data], [NaN, 8]);
    });

    it('leaks nothing', () =>
      leakCheck(device(), () =>
        comparePools(device(), { shape: [2, 9, 9, 6], size: [3, 3], stride: [2, 2], pad: 'same' }),
      ));
  });
});

describe('sums over the first axes', () => {
  onOwnKernels((device) => {
    it('of any number of rows and columns', async () => {
      for (const columns of [...channelCounts, 31, 64, 84])
        for (const rows of [1, 2, 3, 16, 37]) {
          const x = { shape: [rows, 2, columns], data: draws(rows).normal(2 * rows * columns) };
          const expected = new Float64Array(columns);
          x.data.forEach((value, i) => (expected[i % columns] += value));
          const [sum] = await runKernel(device(), 'Sum', { x }, { axis: [0, 1], keepDims: false });
          assert.deepEqual(sum.shape, [columns]);
          assertClose(sum.data, expected, 1e-5, `${rows} x ${columns}`);
        }
    });
  });
});

describe('batch norm by given statistics', () => {
  onOwnKernels((device) => {
    it('channels around the vector and primes, with and without scale and offset', async () => {
      for (const channels of channelCounts)
        for (const affine of [true, false]) {
          const { normal } = draws(channels);
          const vector = () => ({ shape: [channels], data: normal(channels) });
          const x = { shape: [3, 5, channels], data: normal(15 * channels) };
          const [mean, scale, offset, spread] = [vector(), vector(), vector(), vector()];
          const variance = { ...spread, data: spread.data.map(Math.abs) };
          const inputs = { x, mean, variance, ...(affine && { scale, offset }) };
          const [y] = await runKernel(device(), 'FusedBatchNorm', inputs, { varianceEpsilon: 1e-3 });
          const expected = Float64Array.from(x.data, (value, i) => {
            const c = i % channels;
            const z = (value - mean.data[c]) / Math.sqrt(variance.data[c] + 1e-3);
            return affine ? z * scale.data[c] + offset.data[c] : z;
          });
          assertClose(y.data, expected, 1e-5, `${channels} channels`);
        }
    });
  });
});
