// Convolutions and pools by their definition, in float64: what kernels are compared with.

import type { Geometry } from '../../src/backends/wasm/geometry.js';
import { addTo, at } from './lists.js';

/** A batch of images and what is done to each. */
export interface Convolution extends Geometry {
  batch: number;
}

export type Pair = [height: number, width: number];

/** Zeros around an image: so many above, below, left and right; on all sides; or as TensorFlow has them by name. */
export type Padding = [top: number, bottom: number, left: number, right: number] | number | 'valid' | 'same';

export interface Description {
  batch: number;
  height: number;
  width: number;
  inChannels: number;
  outChannels: number;
  kernel: Pair;
  stride: Pair;
  pad: Padding;
}

export function convolutionOf({ kernel, stride, pad, ...sizes }: Description): Convolution {
  const [above, below] = padding(pad, sizes.height, kernel[0], stride[0], 0);
  const [before, after] = padding(pad, sizes.width, kernel[1], stride[1], 2);
  return {
    ...sizes,
    ...{ kernelH: kernel[0], kernelW: kernel[1], strideH: stride[0], strideW: stride[1], top: above, left: before },
    outH: Math.floor((sizes.height + above + below - kernel[0]) / stride[0]) + 1,
    outW: Math.floor((sizes.width + before + after - kernel[1]) / stride[1]) + 1,
  };
}

/** Zeros before and after an axis. */
function padding(pad: Padding, length: number, kernel: number, stride: number, first: 0 | 2): [number, number] {
  if (pad === 'valid') return [0, 0];
  if (typeof pad === 'number') return [pad, pad];
  if (pad !== 'same') return [pad[first], pad[(first + 1) as 1 | 3]];
  // As many outputs as strides fit into the input, the odd zero below and on the right.
  const all = Math.max(0, (Math.ceil(length / stride) - 1) * stride + kernel - length);
  return [all >> 1, all - (all >> 1)];
}

export const inputSize = (one: Convolution): number => one.batch * one.height * one.width * one.inChannels;
export const outputSize = (one: Convolution): number => one.batch * one.outH * one.outW * one.outChannels;
export const filterSize = (one: Convolution): number => one.kernelH * one.kernelW * one.inChannels * one.outChannels;

/** Calls `visit` with the pixels of each window, and with the pixel of the output that they yield. */
function eachWindow(one: Convolution, visit: (inputs: { pixel: number; tap: number }[], output: number) => void): void {
  const { batch, height, width, kernelH, kernelW, strideH, strideW, top, left, outH, outW } = one;
  for (let n = 0; n < batch; n++)
    for (let oy = 0; oy < outH; oy++)
      for (let ox = 0; ox < outW; ox++) {
        const inputs = [];
        for (let ky = 0; ky < kernelH; ky++)
          for (let kx = 0; kx < kernelW; kx++) {
            const [y, x] = [oy * strideH + ky - top, ox * strideW + kx - left];
            if (y >= 0 && y < height && x >= 0 && x < width)
              inputs.push({ pixel: (n * height + y) * width + x, tap: ky * kernelW + kx });
          }
        visit(inputs, (n * outH + oy) * outW + ox);
      }
}

/** Calls `visit` for every product of a convolution with the flat index of its three factors. */
function eachProduct(one: Convolution, visit: (x: number, filter: number, y: number) => void): void {
  const { inChannels, outChannels } = one;
  eachWindow(one, (inputs, output) => {
    for (const { pixel, tap } of inputs)
      for (let i = 0; i < inChannels; i++)
        for (let o = 0; o < outChannels; o++)
          visit(pixel * inChannels + i, (tap * inChannels + i) * outChannels + o, output * outChannels + o);
  });
}

/** y [N, outH, outW, O] of x [N, H, W, I] and filter [kernelH, kernelW, I, O]. */
export function convolve(x: ArrayLike<number>, filter: ArrayLike<number>, one: Convolution): Float64Array {
  const result = new Float64Array(outputSize(one));
  eachProduct(one, (i, j, k) => addTo(result, k, at(x, i) * at(filter, j)));
  return result;
}

/** The gradient [kernelH, kernelW, I, O] by the filter, of x [N, H, W, I] and the output's gradient dy. */
export function filterGradient(x: ArrayLike<number>, dy: ArrayLike<number>, one: Convolution): Float64Array {
  const result = new Float64Array(filterSize(one));
  eachProduct(one, (i, j, k) => addTo(result, j, at(x, i) * at(dy, k)));
  return result;
}

/** The gradient [N, H, W, I] by the input, of the output's gradient dy and filter [kernelH, kernelW, I, O]. */
export function inputGradient(dy: ArrayLike<number>, filter: ArrayLike<number>, one: Convolution): Float64Array {
  const result = new Float64Array(inputSize(one));
  eachProduct(one, (i, j, k) => addTo(result, i, at(dy, k) * at(filter, j)));
  return result;
}

/** Calls `visit` for every value of a pool's output with its flat index and those of its window, padding left out. */
function eachPool(one: Convolution, visit: (inputs: number[], output: number) => void): void {
  const { inChannels: channels } = one;
  eachWindow(one, (inputs, output) => {
    for (let c = 0; c < channels; c++)
      visit(
        inputs.map(({ pixel }) => pixel * channels + c),
        output * channels + c,
      );
  });
}

/** The first of the greatest values of a window. */
const greatest = (x: ArrayLike<number>, inputs: number[]) =>
  inputs.reduce((best, i) => (at(x, i) > at(x, best) ? i : best));

/** y [N, outH, outW, C] of x [N, H, W, C]: each window's greatest value, or its mean. */
export function pool(x: ArrayLike<number>, one: Convolution, average: boolean): Float64Array {
  const result = new Float64Array(outputSize(one));
  eachPool(one, (inputs, output) => {
    const sum = inputs.reduce((sum, i) => sum + at(x, i), 0);
    result[output] = average ? sum / inputs.length : at(x, greatest(x, inputs));
  });
  return result;
}

/** The gradient [N, H, W, C] by x, of the output's gradient dy: a maximum's goes to the first of the greatest values. */
export function poolGradient(
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
  one: Convolution,
  average: boolean,
): Float64Array {
  const result = new Float64Array(inputSize(one));
  eachPool(one, (inputs, output) => {
    if (average) for (const i of inputs) addTo(result, i, at(dy, output) / inputs.length);
    else addTo(result, greatest(x, inputs), at(dy, output));
  });
  return result;
}
