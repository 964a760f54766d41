import { backend_util, util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../tensor-memory.js';
import { areFloats, sizeOf } from '../register.js';
import type { Inputs, OwnKernel } from '../register.js';

interface PoolAttrs {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Sizes in the order in which the assembly takes them; undefined for empty tensors. */
function poolOf(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: PoolAttrs) {
  if (!areFloats(x) || x.shape.length !== 4) return undefined;
  const shape = x.shape as [number, number, number, number];
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const { top, left } = info.padInfo;
  // A window that lies in the padding alone has no greatest value and no mean.
  if (sizeOf(x.shape) * sizeOf(info.outShape) === 0 || top >= filterHeight || left >= filterWidth) return undefined;
  const sizes = [batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth, strideHeight, strideWidth];
  return { outShape: info.outShape, sizes: [...sizes, top, left, info.outHeight, info.outWidth] };
}

function pool(average: boolean) {
  return (heap: Heap, { x }: Inputs, attrs: PoolAttrs): TensorInfo | undefined => {
    const geometry = poolOf(x!, attrs);
    if (!geometry) return undefined;
    const y = heap.make(geometry.outShape);
    heap.exports.f32_pool!(heap.at(x!), heap.at(y), ...geometry.sizes, Number(average));
    return y;
  };
}

/** Each window hands its dy to the first of its greatest values. */
function maxPoolGradient(heap: Heap, { dy, input, output }: Inputs, attrs: PoolAttrs): TensorInfo | undefined {
  const geometry = poolOf(input!, attrs);
  if (!geometry || !util.arraysEqual(dy!.shape, geometry.outShape)) return undefined;
  const dx = heap.make(input!.shape);
  heap.exports.f32_max_pool_gradient!(...[input!, output!, dy!, dx].map(heap.at), ...geometry.sizes);
  return dx;
}

function averagePoolGradient(heap: Heap, { dy, input }: Inputs, attrs: PoolAttrs): TensorInfo | undefined {
  const geometry = poolOf(input!, attrs);
  if (!geometry || !util.arraysEqual(dy!.shape, geometry.outShape)) return undefined;
  const dx = heap.make(input!.shape);
  heap.exports.f32_average_pool_gradient!(...[dy!, dx].map(heap.at), ...geometry.sizes);
  return dx;
}

export const maxPool: OwnKernel = { name: 'MaxPool', run: pool(false) };
export const avgPool: OwnKernel = { name: 'AvgPool', run: pool(true) };
export const maxPoolGrad: OwnKernel = { name: 'MaxPoolGrad', run: maxPoolGradient };
export const avgPoolGrad: OwnKernel = { name: 'AvgPoolGrad', run: averagePoolGradient };
