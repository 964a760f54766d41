// Convolution and its gradients on WASM against float64.

import { assert } from 'chai';
import type { TfjsDevice } from './support/tfjs/device.js';
import { assertClose } from '../support/close.js';
import { convolutionOf, convolve, filterGradient, inputGradient } from '../support/convolution.js';
import type { Description, Padding, Pair } from '../support/convolution.js';
import { draws } from '../support/draws.js';
import { at } from '../support/lists.js';
import { leakCheck } from './support/leaks.js';
import { onTfjsKernels, runKernel, sizeOf } from './support/tfjs-kernels.js';

interface Case extends Omit<Description, 'pad'> {
  /** As tfjs takes it. */
  pad: Pad;
}
type Pad = number | 'same' | 'valid' | [Pair, Pair, Pair, Pair];

/** Forward, fused forward and both gradients. */
async function compare(device: TfjsDevice, one: Case, seed = 1): Promise<void> {
  const pad: Padding = Array.isArray(one.pad) ? [...one.pad[1], ...one.pad[2]] : one.pad;
  const geometry = convolutionOf({ ...one, pad });
  const { normal } = draws(seed);
  const values = (...shape: number[]) => ({ shape, data: normal(sizeOf(shape)) });
  const { batch, height, width, inChannels, outChannels, kernel } = one;
  const x = values(batch, height, width, inChannels);
  const filter = values(...kernel, inChannels, outChannels);
  const bias = values(outChannels);
  const dy = values(batch, geometry.outH, geometry.outW, outChannels);
  const what = (kernel: string) => `${kernel} ${JSON.stringify(one)}`;
  const attrs = {
    strides: one.stride,
    pad: one.pad,
    dataFormat: 'NHWC',
    dilations: [1, 1],
    dimRoundingMode: typeof one.pad === 'string' ? undefined : 'floor',
  };

  const taps = kernel[0] * kernel[1] * inChannels;
  const y = convolve(x.data, filter.data, geometry);
  const plain = await runKernel(device, 'Conv2D', { x, filter }, attrs);
  assert.deepEqual(plain.shape, dy.shape, what('Conv2D'));
  assertClose(plain.data, y, 1e-6 * Math.sqrt(taps), what('Conv2D'));
  const fused = await runKernel(device, 'FusedConv2D', { x, filter, bias }, { ...attrs, activation: 'relu' });
  const activated = y.map((value, i) => Math.max(0, value + at(bias.data, i % outChannels)));
  assertClose(fused.data, activated, 1e-6 * Math.sqrt(taps), what('FusedConv2D'));

  const dx = await runKernel(device, 'Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape });
  assert.deepEqual(dx.shape, x.shape, what('Conv2DBackpropInput'));
  assertClose(dx.data, inputGradient(dy.data, filter.data, geometry), 1e-5, what('Conv2DBackpropInput'));

  const dw = await runKernel(device, 'Conv2DBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape });
  assert.deepEqual(dw.shape, filter.shape, what('Conv2DBackpropFilter'));
  const products = batch * geometry.outH * geometry.outW;
  assertClose(
    dw.data,
    filterGradient(x.data, dy.data, geometry),
    1e-6 * Math.sqrt(products),
    what('Conv2DBackpropFilter'),
  );
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

describe('convolutions', () => {
  onTfjsKernels((device) => {
    for (const kernel of [1, 2, 3, 4, 5])
      it(`kernel ${kernel}: strides 1 to 4, all paddings`, async () => {
        for (const stride of [1, 2, 3, 4])
          for (const pad of ['valid', 'same', 0, 1, 2, 5] as const)
            await compare(device(), { ...base, kernel: square(kernel), stride: square(stride), pad });
      });

    it('sizes where the stride leaves rows or columns over', async () => {
      for (const stride of [2, 3])
        for (const height of [7, 8, 9, 10, 11])
          for (const width of [7, 8, 9])
            for (const pad of [0, 1] as const)
              await compare(device(), { ...base, height, width, stride: square(stride), pad });
    });

    it('channels around the tile and primes', async () => {
      for (const batch of [1, 3])
        for (const inChannels of [1, 3, 4, 5, 7, 8, 9, 13, 16, 17])
          for (const outChannels of [1, 2, 4, 6, 8, 10, 16, 19])
            await compare(device(), { ...base, batch, inChannels, outChannels, height: 5, width: 6, pad: 1 });
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

    it('random cases', async () => {
      const { whole, pick } = draws(60);
      for (let seed = 0; seed < 60; seed++) {
        const pad = pick<Pad>(['same', 'valid', 0, 1, 2]);
        // With a numeric padding tfjs takes both axes' output sizes from the first axis's kernel and stride.
        const axes = (most: number): Pair =>
          typeof pad === 'number' ? square(whole(1, most)) : [whole(1, most), whole(1, most)];
        const [kernel, stride] = [axes(5), axes(3)];
        const [batch, height, width] = [whole(1, 7), whole(5, 13), whole(5, 13)];
        const [inChannels, outChannels] = [whole(1, 11), whole(1, 11)];
        await compare(device(), { batch, height, width, inChannels, outChannels, kernel, stride, pad }, seed);
      }
    });

    it("the networks' own shapes", async () => {
      const five = { kernel: square(5), stride: square(1) };
      await compare(device(), { ...five, batch: 3, height: 28, width: 28, inChannels: 1, outChannels: 6, pad: 2 });
      await compare(device(), { ...five, batch: 16, height: 14, width: 14, inChannels: 6, outChannels: 16, pad: 0 });
      const three = { kernel: square(3), stride: square(2), batch: 5 };
      await compare(device(), { ...three, height: 16, width: 16, inChannels: 16, outChannels: 32, pad: 1 });
    });

    it('not a number reaches the pixels whose window has it, and no other', async () => {
      const image = { shape: [1, 7, 7, 2], data: new Float32Array(98).fill(1) };
      image.data[(3 * 7 + 3) * 2] = NaN;
      const filter = { shape: [3, 3, 2, 3], data: new Float32Array(54).fill(1) };
      const attrs = { strides: 1, pad: 1, dataFormat: 'NHWC', dilations: 1, dimRoundingMode: 'floor' };
      const y = await runKernel(device(), 'Conv2D', { x: image, filter }, attrs);
      y.data.forEach((value, at) => {
        const [row, column] = [Math.floor(at / 21), Math.floor(at / 3) % 7];
        const near = Math.abs(row - 3) <= 1 && Math.abs(column - 3) <= 1;
        assert.equal(Number.isNaN(value), near, `at ${row}, ${column}`);
      });
    });

    it('leaves dilations and channels first to tfjs', async () => {
      const x = { shape: [1, 5, 5, 1], data: new Float32Array(25).fill(1) };
      const filter = { shape: [2, 2, 1, 1], data: new Float32Array(4).fill(1) };
      const attrs = { strides: 1, pad: 'valid', dataFormat: 'NHWC', dilations: 2 };
      const y = await runKernel(device(), 'Conv2D', { x, filter }, attrs);
      assert.deepEqual(y.shape, [1, 3, 3, 1]);
      assert.isTrue(y.data.every((value) => value === 4));
    });

    it('leaks nothing', () =>
      leakCheck(device(), () => compare(device(), { ...base, batch: 8, height: 20, stride: square(2), pad: 1 })));
  });
});
