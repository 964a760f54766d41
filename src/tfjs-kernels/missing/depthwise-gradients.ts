import {
  backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
} from '@tensorflow/tfjs-core';
import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';

// The gradients of a depthwise convolution, which tfjs's WASM backend lacks. In plain JavaScript: a product in them is
// used once, so that memory is what they wait for.
//
//     y[n, oh, ow, c·Q + q] = sum over kh, kw of x[n, oh·s + kh·d - top, ow·s + kw·d - left, c] · w[kh, kw, c, q]

type Call = Parameters<KernelFunc>[0];
type Shape4 = [number, number, number, number];

interface Attrs {
  strides: [number, number] | number;
  dilations: [number, number] | number;
  pad: 'valid' | 'same' | number | [number, number][];
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  filterShape: Shape4;
  inputShape: Shape4;
}

/** Calls `visit` for each pixel of y and each pixel of x under its window, with their offsets and the filter's. */
function eachProduct(x: Shape4, filter: Shape4, attrs: Attrs, visit: (x: number, y: number, filter: number) => void) {
  const { strides, dilations, pad, dimRoundingMode } = attrs;
  const info = backend_util.computeConv2DInfo(x, filter, strides, dilations, pad as never, dimRoundingMode, true);
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  for (let n = 0; n < info.batchSize; n++)
    for (let oh = 0; oh < outHeight; oh++)
      for (let ow = 0; ow < outWidth; ow++) {
        const y = ((n * outHeight + oh) * outWidth + ow) * outChannels;
        for (let kh = 0; kh < info.filterHeight; kh++) {
          const ih = oh * info.strideHeight + kh * info.dilationHeight - padInfo.top;
          if (ih < 0 || ih >= inHeight) continue;
          for (let kw = 0; kw < info.filterWidth; kw++) {
            const iw = ow * info.strideWidth + kw * info.dilationWidth - padInfo.left;
            if (iw < 0 || iw >= inWidth) continue;
            visit(((n * inHeight + ih) * inWidth + iw) * inChannels, y, (kh * info.filterWidth + kw) * outChannels);
          }
        }
      }
}

const floats = (wasm: BackendWasm, tensor: TensorInfo) => wasm.typedArrayFromHeap(tensor) as Float32Array;

function filterGradient({ inputs, backend, attrs }: Call): TensorInfo {
  const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
  const { filterShape, ...rest } = attrs as unknown as Attrs;
  const [, , channels, multiplier] = filterShape;
  const wasm = backend as BackendWasm;
  const dw = wasm.makeOutput(filterShape, 'float32');
  const [from, above, result] = [floats(wasm, x), floats(wasm, dy), floats(wasm, dw)];
  const sums = new Float64Array(result.length);
  eachProduct(x.shape as Shape4, filterShape, { ...rest, filterShape }, (at, y, k) => {
    for (let c = 0; c < channels; c++) for (let q = 0; q < multiplier; q++) sums[k++]! += from[at + c]! * above[y++]!;
  });
  result.set(sums);
  return dw;
}

function inputGradient({ inputs, backend, attrs }: Call): TensorInfo {
  const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
  const { inputShape, ...rest } = attrs as unknown as Attrs;
  const [, , channels, multiplier] = filter.shape as Shape4;
  const wasm = backend as BackendWasm;
  const dx = wasm.makeOutput(inputShape, 'float32');
  const [above, weights, result] = [floats(wasm, dy), floats(wasm, filter), floats(wasm, dx)];
  result.fill(0);
  eachProduct(inputShape, filter.shape as Shape4, { ...rest, inputShape }, (at, y, k) => {
    for (let c = 0; c < channels; c++)
      for (let q = 0; q < multiplier; q++) result[at + c]! += above[y++]! * weights[k++]!;
  });
  return dx;
}

export const depthwiseFilterGradientConfig: KernelConfig = {
  kernelName: DepthwiseConv2dNativeBackpropFilter,
  backendName: 'wasm',
  kernelFunc: filterGradient,
};

export const depthwiseInputGradientConfig: KernelConfig = {
  kernelName: DepthwiseConv2dNativeBackpropInput,
  backendName: 'wasm',
  kernelFunc: inputGradient,
};
