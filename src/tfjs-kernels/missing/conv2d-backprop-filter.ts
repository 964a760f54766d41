import { backend_util, Conv2D, Conv2DBackpropFilter, getKernel, Slice, Transpose } from '@tensorflow/tfjs-core';
import type { KernelBackend, KernelConfig, KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { HandfulError } from '../../errors.js';

/**
 * The gradient of a convolution by its filter, which tfjs's WASM backend lacks, as a convolution itself: the batch
 * is what is summed over, so it takes the channels' place, and the forward stride becomes the dilation.
 *
 *     dW[kh, kw, ci, co] = sum over n, ho, wo of x[n, ho·s + kh - top, wo·s + kw - left, ci] · dy[n, ho, wo, co]
 */
function conv2DBackpropFilter({ inputs, backend, attrs }: Parameters<KernelFunc>[0]): TensorInfo {
  const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs as unknown as {
    strides: [number, number] | number;
    pad: 'valid' | 'same' | number;
    dataFormat: 'NHWC' | 'NCHW';
    dimRoundingMode: 'floor' | 'round' | 'ceil' | undefined;
    filterShape: [number, number, number, number];
  };
  if (dataFormat !== 'NHWC')
    throw new HandfulError('bad-argument', `Conv2DBackpropFilter on WASM takes NHWC tensors; got ${dataFormat}.`);
  const info = backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const garbage: TensorInfo[] = [];
  const run = (kernel: string, inputs: Record<string, TensorInfo>, attrs: object): TensorInfo => {
    const result = getKernel(kernel, 'wasm').kernelFunc({
      inputs,
      backend,
      attrs: attrs as NamedAttrMap,
    }) as TensorInfo;
    garbage.push(result);
    return result;
  };

  const rows = axis(info.inHeight, info.outHeight, info.strideHeight, info.filterHeight, info.padInfo.top);
  const columns = axis(info.inWidth, info.outWidth, info.strideWidth, info.filterWidth, info.padInfo.left);
  const images = run(Transpose, { x }, { perm: [3, 1, 2, 0] }); // [Ci, H, W, N]
  const filter = run(Transpose, { x: dy }, { perm: [1, 2, 0, 3] }); // [Ho, Wo, N, Co]
  let result = run(
    Conv2D,
    { x: images, filter },
    {
      strides: [1, 1],
      dilations: [info.strideHeight, info.strideWidth],
      pad: [[0, 0], rows.pad, columns.pad, [0, 0]],
      dataFormat: 'NHWC',
    },
  ); // [Ci, Kh + extra, Kw + extra, Co]
  if (rows.extra || columns.extra)
    result = run(
      Slice,
      { x: result },
      { begin: [0, 0, 0, 0], size: [info.inChannels, info.filterHeight, info.filterWidth, info.outChannels] },
    );
  const gradient = run(Transpose, { x: result }, { perm: [1, 2, 0, 3] }); // [Kh, Kw, Ci, Co]
  for (const tensor of garbage) if (tensor !== gradient) (backend as KernelBackend).disposeData(tensor.dataId);
  return gradient;
}

/**
 * Padding of one axis so that exactly `kernel` positions come out; where the forward stride left input over at the end,
 * `extra` more come out than that, to be cut off.
 */
function axis(length: number, out: number, stride: number, kernel: number, before: number) {
  const after = kernel + (out - 1) * stride - length - before;
  return { pad: [before, Math.max(0, after)], extra: Math.max(0, -after) };
}

export const conv2DBackpropFilterConfig: KernelConfig = {
  kernelName: Conv2DBackpropFilter,
  backendName: 'wasm',
  kernelFunc: conv2DBackpropFilter,
};
