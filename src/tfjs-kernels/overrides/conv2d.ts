import { backend_util, util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../common/shapes.js';
import { areFloats } from '../register.js';
import type { TfjsKernel } from '../register.js';
import type { TensorMemory } from '../tensor-memory.js';
import { geometryOf } from './geometry.js';

type Shape4 = [number, number, number, number];

interface Attrs {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | [number, number][];
  dilations?: [number, number] | number;
  dataFormat?: string;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

interface ForwardInputs {
  x: TensorInfo;
  filter: TensorInfo;
  bias?: TensorInfo | null;
  preluActivationWeights?: TensorInfo | null;
}

/** The convolution of images of one shape by filters of another; undefined for what the kernels do not do. */
function convolutionOf(x: readonly number[], filter: readonly number[], attrs: Attrs) {
  const { strides, pad, dilations = 1, dataFormat = 'NHWC', dimRoundingMode } = attrs;
  if (dataFormat !== 'NHWC' || ![dilations].flat().every((dilation) => dilation === 1)) return undefined;
  const info = backend_util.computeConv2DInfo(x as Shape4, filter as Shape4, strides, 1, pad as never, dimRoundingMode);
  const { top, left, bottom, right } = info.padInfo;
  if (sizeOf(x) * sizeOf(filter) * sizeOf(info.outShape) === 0 || Math.min(top, left, bottom, right) < 0)
    return undefined;
  return { outShape: info.outShape, batch: info.batchSize, geometry: geometryOf(info) };
}

function forward(
  memory: TensorMemory,
  { x, filter, bias, preluActivationWeights }: ForwardInputs,
  { activation = 'linear', ...attrs }: Attrs & { activation?: string },
): TensorInfo | undefined {
  if (!areFloats(x, filter) || preluActivationWeights || !['linear', 'relu'].includes(activation)) return undefined;
  const convolution = convolutionOf(x.shape, filter.shape, attrs);
  if (!convolution || (bias && sizeOf(bias.shape) !== filter.shape[3])) return undefined;
  const y = memory.make(convolution.outShape);
  memory.run({
    kernel: 'f32_conv2d',
    x: memory.at(x),
    filter: memory.at(filter),
    bias: memory.at(bias),
    y: memory.at(y),
    batch: convolution.batch,
    geometry: memory.geometry(convolution.geometry),
    relu: activation === 'relu',
  });
  return y;
}

function inputGradient(
  memory: TensorMemory,
  { dy, filter }: { dy: TensorInfo; filter: TensorInfo },
  { inputShape, ...attrs }: Attrs & { inputShape: number[] },
): TensorInfo | undefined {
  const convolution = areFloats(dy, filter) && convolutionOf(inputShape, filter.shape, attrs);
  if (!convolution || !util.arraysEqual(dy.shape, convolution.outShape)) return undefined;
  const dx = memory.make(inputShape);
  memory.run({
    kernel: 'f32_conv2d_input_gradient',
    dy: memory.at(dy),
    filter: memory.at(filter),
    dx: memory.at(dx),
    batch: convolution.batch,
    geometry: memory.geometry(convolution.geometry),
  });
  return dx;
}

function filterGradient(
  memory: TensorMemory,
  { x, dy }: { x: TensorInfo; dy: TensorInfo },
  { filterShape, ...attrs }: Attrs & { filterShape: number[] },
): TensorInfo | undefined {
  const convolution = areFloats(x, dy) && convolutionOf(x.shape, filterShape, attrs);
  if (!convolution || !util.arraysEqual(dy.shape, convolution.outShape)) return undefined;
  const dw = memory.make(filterShape);
  memory.run({
    kernel: 'f32_conv2d_filter_gradient',
    x: memory.at(x),
    dy: memory.at(dy),
    dw: memory.at(dw),
    db: 0,
    batch: convolution.batch,
    geometry: memory.geometry(convolution.geometry),
  });
  return dw;
}

export const conv2D: TfjsKernel = { name: 'Conv2D', run: forward };
export const fusedConv2D: TfjsKernel = { name: 'FusedConv2D', run: forward };
export const conv2DBackpropInput: TfjsKernel = { name: 'Conv2DBackpropInput', run: inputGradient };
export const conv2DBackpropFilter: TfjsKernel = { name: 'Conv2DBackpropFilter', run: filterGradient };
