import { backend_util, util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../tensor-memory.js';
import { areFloats, sizeOf } from '../register.js';
import type { Inputs, OwnKernel } from '../register.js';

type Shape4 = [number, number, number, number];

export interface ConvAttrs {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | [number, number][];
  dilations?: [number, number] | number;
  dataFormat?: string;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  activation?: string;
  inputShape?: number[];
  filterShape?: number[];
}

/** A convolution's sizes, in the order in which the assembly takes them; undefined for what it does not do. */
export function geometryOf(x: readonly number[], filter: readonly number[], attrs: ConvAttrs) {
  const { strides, pad, dilations = 1, dataFormat = 'NHWC', dimRoundingMode } = attrs;
  if (dataFormat !== 'NHWC' || ![dilations].flat().every((dilation) => dilation === 1)) return undefined;
  const info = backend_util.computeConv2DInfo(x as Shape4, filter as Shape4, strides, 1, pad as never, dimRoundingMode);
  const { top, left, bottom, right } = info.padInfo;
  if (sizeOf(x) * sizeOf(filter) * sizeOf(info.outShape) === 0 || Math.min(top, left, bottom, right) < 0)
    return undefined;
  const { inHeight: height, inWidth: width, inChannels, outChannels, outHeight, outWidth } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  return {
    outShape: info.outShape,
    channels: [inChannels, outChannels],
    image: [height, width],
    kernel: [filterHeight, filterWidth, strideHeight, strideWidth],
    padding: [top, left],
    out: [outHeight, outWidth],
    all: [
      ...[info.batchSize, height, width, inChannels, outChannels],
      ...[filterHeight, filterWidth, strideHeight, strideWidth, top, left, outHeight, outWidth],
    ],
  };
}

function forward(heap: Heap, inputs: Inputs, attrs: ConvAttrs): TensorInfo | undefined {
  const { x, filter, bias, preluActivationWeights } = inputs as Record<'x' | 'filter', TensorInfo> & Inputs;
  const { activation = 'linear' } = attrs;
  if (!areFloats(x, filter) || preluActivationWeights || !['linear', 'relu'].includes(activation)) return undefined;
  const geometry = geometryOf(x.shape, filter.shape, attrs);
  if (!geometry || (bias && sizeOf(bias.shape) !== filter.shape[3])) return undefined;
  const { channels, kernel, out, all } = geometry;
  const y = heap.make(geometry.outShape);
  const scratch = heap.scratch(heap.exports.f32_conv2d_scratch!(...channels, ...kernel, ...out));
  const at = [x, filter].map(heap.at);
  const relu = Number(activation === 'relu');
  heap.exports.f32_conv2d!(...at, bias ? heap.at(bias) : 0, heap.at(y), ...all, relu, ...scratch);
  return y;
}

function inputGradient(heap: Heap, { dy, filter }: Inputs, attrs: ConvAttrs): TensorInfo | undefined {
  const geometry = areFloats(dy!, filter!) && geometryOf(attrs.inputShape!, filter!.shape, attrs);
  if (!geometry || !util.arraysEqual(dy!.shape, geometry.outShape)) return undefined;
  const { image, channels, kernel, padding, out, all } = geometry;
  const dx = heap.make(attrs.inputShape!);
  const sizes = [...image, ...channels, ...kernel, ...padding, ...out];
  const scratch = heap.scratch(heap.exports.f32_conv2d_input_gradient_scratch!(...sizes));
  heap.exports.f32_conv2d_input_gradient!(...[dy!, filter!, dx].map(heap.at), ...all, ...scratch);
  return dx;
}

function filterGradient(heap: Heap, { x, dy }: Inputs, attrs: ConvAttrs): TensorInfo | undefined {
  const geometry = areFloats(x!, dy!) && geometryOf(x!.shape, attrs.filterShape!, attrs);
  if (!geometry || !util.arraysEqual(dy!.shape, geometry.outShape)) return undefined;
  const dw = heap.make(attrs.filterShape!);
  runFilterGradient(heap, geometry, x!, dy!, dw);
  return dw;
}

/** @param db [outChannels], if the bias's gradient is wanted too. */
export function runFilterGradient(
  heap: Heap,
  { channels, kernel, out, all }: NonNullable<ReturnType<typeof geometryOf>>,
  x: TensorInfo,
  dy: TensorInfo,
  dw: TensorInfo,
  db?: TensorInfo,
): void {
  const sizes = [all[0]!, ...channels, ...kernel, ...out];
  const scratch = heap.scratch(heap.exports.f32_conv2d_filter_gradient_scratch!(...sizes));
  heap.exports.f32_conv2d_filter_gradient!(...[x, dy, dw].map(heap.at), db ? heap.at(db) : 0, ...all, ...scratch);
}

export const conv2D: OwnKernel = { name: 'Conv2D', run: forward };
export const fusedConv2D: OwnKernel = { name: 'FusedConv2D', run: forward };
export const conv2DBackpropInput: OwnKernel = { name: 'Conv2DBackpropInput', run: inputGradient };
export const conv2DBackpropFilter: OwnKernel = { name: 'Conv2DBackpropFilter', run: filterGradient };
