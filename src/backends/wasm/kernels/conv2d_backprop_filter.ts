import { backend_util, Conv2DBackpropFilter } from '@tensorflow/tfjs-core';
import type { KernelConfig, KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import { conv2DConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Conv2D.js';
import { sliceConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Slice.js';
import { transposeConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Transpose.js';
import { HandfulError } from '../../../errors.js';

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
  const run = (config: KernelConfig, inputs: Record<string, TensorInfo>, attrs: object): TensorInfo => {
    const result = config.kernelFunc({ inputs, backend, attrs: attrs as NamedAttrMap }) as TensorInfo;
    garbage.push(result);
    return result;
  };

  const rows = axis(info.inHeight, info.outHeight, info.strideHeight, info.filterHeight, info.padInfo.top);
  const columns = axis(info.inWidth, info.outWidth, info.strideWidth, info.filterWidth, info.padInfo.left);
  const images = run(transposeConfig, { x }, { perm: [3, 1, 2, 0] }); // [Ci, H, W, N]
  const filter = run(transposeConfig, { x: dy }, { perm: [1, 2, 0, 3] }); // [Ho, Wo, N, Co]
  let result = run(
    conv2DConfig,
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
      sliceConfig,
      { x: result },
      { begin: [0, 0, 0, 0], size: [info.inChannels, info.filterHeight, info.filterWidth, info.outChannels] },
    );
  const gradient = run(transposeConfig, { x: result }, { perm: [1, 2, 0, 3] }); // [Kh, Kw, Ci, Co]
  for (const tensor of garbage) if (tensor !== gradient) (backend as BackendWasm).disposeData(tensor.dataId);
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
