// Pooling, sums, batch norm, loss and optimizer steps on WASM against float64.

import { assert } from 'chai';
import type { TensorDevice } from '../../src/backends/tensors/device.js';
import * as tf from '../../src/backends/tf.js';
import { assertClose } from '../support/close.js';
import { outputSize, samePad } from '../support/convolution.js';
import { draws } from '../support/draws.js';
import { finiteDifferences } from '../support/oracle.js';
import { onOwnKernels } from './support/own-kernels.js';
import { runKernel, sizeOf } from './support/kernel.js';
import type { Values } from './support/kernel.js';
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

/** Batch norm and ReLU by their definition, in float64. */
function batchNorm(x: ArrayLike<number>, scale: ArrayLike<number>, shift: ArrayLike<number>, relu: boolean) {
  const channels = scale.length;
  const rows = x.length / channels;
  const [mean, variance] = [new Float64Array(channels), new Float64Array(channels)];
  for (let i = 0; i < x.length; i++) mean[i % channels] += x[i] / rows;
  for (let i = 0; i < x.length; i++) variance[i % channels] += (x[i] - mean[i % channels]) ** 2 / rows;
  const y = Float64Array.from(x, (value, i) => {
    const c = i % channels;
    const result = ((value - mean[c]) / Math.sqrt(variance[c] + 1e-5)) * scale[c] + shift[c];
    return relu ? Math.max(0, result) : result;
  });
  return { y, mean, variance };
}

async function compareBatchNorm(device: TensorDevice, rows: number, channels: number, relu: boolean): Promise<void> {
  const what = `${rows} x ${channels}${relu ? ', ReLU' : ''}`;
  const { normal } = draws(rows * 100 + channels);
  const vector = () => ({ shape: [channels], data: normal(channels) });
  const x = { shape: [rows, channels], data: normal(rows * channels).map((value) => value + 2) };
  const dy = { shape: x.shape, data: normal(rows * channels) };
  const [scale, shift, runningMean, runningVariance] = [vector(), vector(), vector(), vector()];
  const attrs = { epsilon: 1e-5, momentum: 0.25, activation: relu ? 'relu' : 'linear' };

  // The running statistics change in place: their tensors are read after the kernel has run.
  const inputs = { x, scale, shift, runningMean, runningVariance };
  const read = device.run(() => {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([k, { data, shape }]) => [k, tf.tensor(data, shape)]),
    );
    const outputs = tf.engine().runKernel('BatchNormTraining', tensors, attrs) as unknown as tf.Tensor[];
    const all = [...outputs, tensors.runningMean, tensors.runningVariance].map((one) => one.dataSync() as Float32Array);
    tf.dispose([tensors, outputs]);
    return all;
  });
  const [y, mean, inverse, movedMean, movedVariance] = read;
  const expected = batchNorm(x.data, scale.data, shift.data, relu);
  assertClose(y, expected.y, 1e-5, what);
  assertClose(mean, expected.mean, 1e-6, what);
  assertClose(
    movedMean,
    expected.mean.map((m, c) => 0.75 * runningMean.data[c] + 0.25 * m),
    1e-6,
    what,
  );
  const unbiased = rows / Math.max(1, rows - 1);
  const moved = expected.variance.map((v, c) => 0.75 * runningVariance.data[c] + 0.25 * v * unbiased);
  assertClose(movedVariance, moved, 1e-5, what);

  const saved = { mean: { shape: [channels], data: mean }, inverse: { shape: [channels], data: inverse } };
  const [dx, dscale, dshift] = await runKernel(
    device,
    'BatchNormTrainingGrad',
    { x, y: { shape: x.shape, data: y }, dy, scale, ...saved },
    attrs,
  );
  const exact = [x, scale, shift].map(({ data }) => Float64Array.from(data));
  const loss = () =>
    batchNorm(exact[0], exact[1], exact[2], relu).y.reduce((sum, value, i) => sum + value * dy.data[i], 0);
  const gradients = exact.map((values) => finiteDifferences(loss, values));
  [dx, dscale, dshift].forEach(({ data }, i) => assertClose(data, gradients[i], 2e-4, `${what}, gradient ${i}`));
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

describe('batch norm', () => {
  onOwnKernels((device) => {
    for (const relu of [false, true])
      it(`forward and gradients, channels around the vector and primes${relu ? ', with ReLU' : ''}`, async () => {
        for (const channels of channelCounts)
          for (const rows of [2, 7, 16]) await compareBatchNorm(device(), rows, channels, relu);
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

describe('softmax cross-entropy', () => {
  onOwnKernels((device) => {
    it('loss and gradient, of ordinary and of enormous logits', async () => {
      for (const scale of [1, 30, 1e4])
        for (const classes of [1, 2, 3, 10, 62])
          for (const rows of [1, 5, 16]) {
            const { normal, uniform } = draws(classes * rows);
            const logits = normal(rows * classes).map((value) => value * scale);
            const truth = new Float32Array(rows * classes);
            for (let i = 0; i < rows; i++) {
              const share = uniform(); // soft labels too
              truth[i * classes + Math.floor(uniform() * classes)] += share;
              truth[i * classes + Math.floor(uniform() * classes)] += 1 - share;
            }
            const value = (z: ArrayLike<number>) => {
              let total = 0;
              for (let i = 0; i < rows; i++) {
                const row = Array.from(z).slice(i * classes, (i + 1) * classes);
                const most = Math.max(...row);
                const norm = most + Math.log(row.reduce((sum, one) => sum + Math.exp(one - most), 0));
                row.forEach((one, j) => (total += truth[i * classes + j] * (norm - one)));
              }
              return total / rows;
            };
            const shape = [rows, classes];
            const inputs: Record<string, Values> = { logits: { shape, data: logits }, truth: { shape, data: truth } };
            const [loss, gradient] = await runKernel(device(), 'SoftmaxCrossEntropy', inputs, {});
            assertClose(loss.data, [value(logits)], 1e-6, `scale ${scale}`);
            if (scale > 1) continue; // differences would be too coarse
            const exact = Float64Array.from(logits);
            assertClose(
              gradient.data,
              finiteDifferences(() => value(exact), exact),
              1e-5,
            );
          }
    });

    it('not a number in a row makes the loss one', async () => {
      const logits = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, NaN, 6) };
      const truth = { shape: [2, 3], data: Float32Array.of(1, 0, 0, 1, 0, 0) };
      const [loss] = await runKernel(device(), 'SoftmaxCrossEntropy', { logits, truth }, {});
      assert.isNaN(loss.data[0]);
    });
  });
});

describe('optimizer steps in place', () => {
  onOwnKernels((device) => {
    const formulas = {
      SgdStep: (w: number, g: number) => ({ w: w - 0.1 * g }),
      MomentumStep: (w: number, g: number, m: number) => ({ m: 0.9 * m + g, w: w - 0.1 * (0.9 * m + g) }),
      AdamStep: (w: number, g: number, m: number, s: number) => {
        const [mean, square] = [0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g];
        return { m: mean, s: square, w: w - (0.1 * mean) / (Math.sqrt(square) / 0.5 + 1e-8) };
      },
    };
    for (const [name, formula] of Object.entries(formulas))
      it(`${name}: several variables of sizes around the vector's`, async () => {
        const attrs = { rate: 0.1, momentum: 0.9, beta1: 0.9, beta2: 0.999, root: 0.5, epsilon: 1e-8 };
        const { normal } = draws(5);
        const sizes = [1, 3, 4, 5, 8, 9, 31, 64];
        const inputs = new Map<string, Float32Array>();
        sizes.forEach((size, i) => {
          for (const letter of ['w', 'g', 'm', 's'])
            inputs.set(`${letter}${i}`, letter === 's' ? normal(size).map(Math.abs) : normal(size));
        });
        const changed = device().run(() => {
          const tensors = Object.fromEntries([...inputs].map(([key, data]) => [key, tf.tensor1d(data)]));
          tf.engine().runKernel(name, tensors, attrs as never);
          const read = Object.entries(tensors).map(([key, one]): [string, Float32Array] => [
            key,
            one.dataSync() as never,
          ]);
          tf.dispose(tensors);
          return new Map(read);
        });
        sizes.forEach((size, i) => {
          for (let j = 0; j < size; j++) {
            const at = (letter: string) => inputs.get(`${letter}${i}`)![j];
            const expected = Object.entries(formula(at('w'), at('g'), at('m'), at('s')));
            for (const [letter, value] of expected)
              assertClose([changed.get(`${letter}${i}`)![j]], [value], 1e-6, `${letter} of ${size}, ${j}`);
          }
        });
      });
  });
});
