// The kernels that handful adds to tfjs's WASM backend, against float64 oracles.

import { assert } from 'chai';
import type { TfjsDevice } from './support/tfjs/device.js';
import * as tf from './support/tfjs/tf.js';
import { assertClose } from '../support/close.js';
import { convolutionOf, filterGradient, inputSize, outputSize, poolGradient } from '../support/convolution.js';
import type { Description, Padding, Pair } from '../support/convolution.js';
import { draws } from '../support/draws.js';
import { mapped } from '../support/lists.js';
import { leakCheck } from './support/leaks.js';
import { onTfjsKernels, runKernel, sizeOf } from './support/tfjs-kernels.js';

interface Case extends Omit<Description, 'pad'> {
  /** As tfjs takes it. */
  pad: Pad;
}
type Pad = number | 'same' | 'valid' | [Pair, Pair, Pair, Pair];

async function compare(device: TfjsDevice, one: Case, seed = 1): Promise<void> {
  const pad: Padding = Array.isArray(one.pad) ? [...one.pad[1], ...one.pad[2]] : one.pad;
  const exact = convolutionOf({ ...one, pad });
  const { normal } = draws(seed);
  const values = (...shape: number[]) => ({ shape, data: normal(sizeOf(shape)) });
  const x = values(one.batch, one.height, one.width, one.inChannels);
  const dy = values(one.batch, exact.outH, exact.outW, one.outChannels);
  const filterShape = [...one.kernel, one.inChannels, one.outChannels];
  const dimRoundingMode = typeof one.pad === 'string' ? undefined : 'floor';
  const attrs = { strides: one.stride, pad: one.pad, dataFormat: 'NHWC', dimRoundingMode, filterShape };
  const dw = await runKernel(device, 'Conv2DBackpropFilter', { x, dy }, attrs);
  assert.deepEqual(dw.shape, filterShape, JSON.stringify(one));
  const products = one.batch * exact.outH * exact.outW;
  const tolerance = 1e-6 * Math.sqrt(products);
  assertClose(dw.data, filterGradient(x.data, dy.data, exact), tolerance, JSON.stringify(one));
}

const square = (size: number): Pair => [size, size];
const base: Case = {
  batch: 2,
  height: 9,
  width: 8,
  inChannels: 3,
  outChannels: 4,
  kernel: square(3),
  stride: square(1),
  pad: 'valid',
};

describe('Conv2DBackpropFilter', () => {
  onTfjsKernels((device) => {
    for (const kernel of [1, 2, 3, 4, 5])
      it(`kernel ${kernel}: strides 1 to 3, all paddings`, async () => {
        for (const stride of [1, 2, 3])
          for (const pad of ['valid', 'same', 0, 1, 2] as const)
            await compare(device(), { ...base, kernel: square(kernel), stride: square(stride), pad });
      });

    it('sizes where the stride leaves rows or columns over', async () => {
      for (const stride of [2, 3])
        for (const height of [7, 8, 9, 10, 11])
          for (const width of [7, 8, 9])
            for (const pad of [0, 1] as const)
              await compare(device(), { ...base, height, width, stride: square(stride), pad });
    });

    it('sizes around multiples of four, and primes', async () => {
      for (const batch of [1, 3, 4, 5, 13])
        for (const channels of [1, 3, 4, 5, 7, 13, 16, 17])
          await compare(device(), { ...base, batch, inChannels: channels, outChannels: 18 - channels, pad: 1 });
    });

    it('a kernel as large as the image, or larger than it', async () => {
      await compare(device(), { ...base, height: 5, width: 5, kernel: square(5) });
      await compare(device(), { ...base, height: 3, width: 2, kernel: square(5), pad: 2 });
      await compare(device(), { ...base, batch: 1, height: 1, width: 1, kernel: square(1) });
    });

    it('kernels, strides and paddings that differ by axis', async () => {
      await compare(device(), { ...base, kernel: [3, 1], stride: [2, 1], pad: 'same' });
      await compare(device(), { ...base, kernel: [1, 4], stride: [1, 3] });
      const pad: Pad = [square(0), [2, 0], [1, 3], square(0)];
      await compare(device(), { ...base, kernel: [3, 2], stride: [2, 2], pad });
    });

    it('fifty random cases', async () => {
      const { whole, pick } = draws(50);
      for (let seed = 0; seed < 50; seed++) {
        const pad = pick<Pad>(['same', 'valid', 0, 1, 2]);
        // With a numeric padding tfjs takes both axes' output sizes from the first axis's kernel and stride.
        const axes = (most: number) =>
          typeof pad === 'number' ? square(whole(1, most)) : [whole(1, most), whole(1, most)];
        await compare(
          device(),
          {
            batch: whole(1, 7),
            height: whole(5, 13),
            width: whole(5, 13),
            inChannels: whole(1, 11),
            outChannels: whole(1, 11),
            kernel: axes(5) as [number, number],
            stride: axes(3) as [number, number],
            pad,
          },
          seed,
        );
      }
    });

    it("LeNet-5's own shapes", async () => {
      const lenet = { kernel: square(5), stride: square(1) };
      await compare(device(), { ...lenet, batch: 16, height: 28, width: 28, inChannels: 1, outChannels: 6, pad: 2 });
      await compare(device(), { ...lenet, batch: 16, height: 14, width: 14, inChannels: 6, outChannels: 16, pad: 0 });
    });

    it('refuses channels first', () => {
      const inputs = { x: tf.tensor([1], [1, 1, 1, 1]), dy: tf.tensor([1], [1, 1, 1, 1]) };
      const attrs = { strides: 1, pad: 0, dataFormat: 'NCHW', filterShape: [1, 1, 1, 1] };
      const call = () => device().run(() => tf.engine().runKernel('Conv2DBackpropFilter', inputs, attrs as never));
      assert.throws(call, /Conv2DBackpropFilter on WASM/);
      tf.dispose(inputs);
    });

    it('leaks nothing', () =>
      leakCheck(device(), () => compare(device(), { ...base, batch: 8, height: 20, stride: square(2), pad: 1 })));
  });
});

describe('MaxPoolGrad', () => {
  onTfjsKernels((device) => {
    for (const sign of ['positive', 'negative', 'mixed'] as const)
      it(`gives each window's gradient to its greatest value, of ${sign} values`, async () => {
        const { normal, whole, pick } = draws(7);
        for (let i = 0; i < 20; i++) {
          const [batch, channels, size] = [whole(1, 3), whole(1, 5), whole(1, 3)];
          const [height, width, stride] = [whole(size, 9), whole(size, 9), whole(1, 3)];
          const pad = pick<'valid' | 'same'>(['valid', 'same']);
          const value = { positive: Math.abs, negative: (x: number) => -Math.abs(x), mixed: (x: number) => x }[sign];
          await comparePool({ batch, height, width, channels, size, stride, pad }, normal, value);
        }
      });

    async function comparePool(
      one: {
        batch: number;
        height: number;
        width: number;
        channels: number;
        size: number;
        stride: number;
        pad: 'valid' | 'same';
      },
      normal: (count: number) => Float32Array,
      value: (x: number) => number,
    ): Promise<void> {
      const { batch, height, width, channels, size, stride, pad } = one;
      const window = { kernel: square(size), stride: square(stride), inChannels: channels, outChannels: channels };
      const exact = convolutionOf({ batch, height, width, ...window, pad });
      const [x, dy] = mapped([inputSize(exact), outputSize(exact)], normal);
      x.forEach((drawn, i) => (x[i] = value(drawn)));
      const expected = poolGradient(x, dy, exact, false);

      const result = device().run(() =>
        tf.tidy(() => {
          const input = tf.tensor<tf.Rank.R4>(x, [batch, height, width, channels]);
          const output = tf.maxPool(input, size, stride, pad);
          const inputs = { dy: tf.tensor(dy, [batch, exact.outH, exact.outW, channels]), input, output };
          const attrs = { filterSize: size, strides: stride, pad } as never;
          return tf.engine().runKernel<tf.Tensor>('MaxPoolGrad', inputs, attrs);
        }),
      );
      assertClose(await result.data(), expected, 1e-6, JSON.stringify(one));
      result.dispose();
    }
  });
});
