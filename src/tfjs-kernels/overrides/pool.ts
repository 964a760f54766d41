import { backend_util, util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../common/shapes.js';
import { areFloats } from '../register.js';
import type { TfjsKernel } from '../register.js';
import type { TensorMemory } from '../tensor-memory.js';
import { geometryOf } from './geometry.js';

interface Attrs {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** A pool of x; undefined for what the kernels do not do. */
function poolOf(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: Attrs) {
  if (!areFloats(x) || x.shape.length !== 4) return undefined;
  const shape = x.shape as [number, number, number, number];
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { top, left } = info.padInfo;
  // A window that lies in the padding alone has no greatest value and no mean.
  if (sizeOf(shape) * sizeOf(info.outShape) === 0 || top >= info.filterHeight || left >= info.filterWidth)
    return undefined;
  return { outShape: info.outShape, batch: info.batchSize, geometry: geometryOf(info) };
}

function forward(average: boolean) {
  return (memory: TensorMemory, { x }: { x: TensorInfo }, attrs: Attrs): TensorInfo | undefined => {
    const pool = poolOf(x, attrs);
    if (!pool) return undefined;
    const y = memory.make(pool.outShape);
    const geometry = memory.geometry(pool.geometry);
    memory.run({ kernel: 'f32_pool', x: memory.at(x), y: memory.at(y), batch: pool.batch, geometry, average });
    return y;
  };
}

/** Each window hands its dy to the first of its greatest values. */
function maxPoolGradient(
  memory: TensorMemory,
  { dy, input, output }: { dy: TensorInfo; input: TensorInfo; output: TensorInfo },
  attrs: Attrs,
): TensorInfo | undefined {
  const pool = poolOf(input, attrs);
  if (!pool || !util.arraysEqual(dy.shape, pool.outShape)) return undefined;
  const dx = memory.make(input.shape);
  memory.run({
    kernel: 'f32_max_pool_gradient',
    x: memory.at(input),
    y: memory.at(output),
    dy: memory.at(dy),
    dx: memory.at(dx),
    batch: pool.batch,
    geometry: memory.geometry(pool.geometry),
  });
  return dx;
}

function averagePoolGradient(
  memory: TensorMemory,
  { dy, input }: { dy: TensorInfo; input: TensorInfo },
  attrs: Attrs,
): TensorInfo | undefined {
  const pool = poolOf(input, attrs);
  if (!pool || !util.arraysEqual(dy.shape, pool.outShape)) return undefined;
  const dx = memory.make(input.shape);
  memory.run({
    kernel: 'f32_average_pool_gradient',
    dy: memory.at(dy),
    dx: memory.at(dx),
    batch: pool.batch,
    geometry: memory.geometry(pool.geometry),
  });
  return dx;
}

export const maxPool: TfjsKernel = { name: 'MaxPool', run: forward(false) };
export const avgPool: TfjsKernel = { name: 'AvgPool', run: forward(true) };
export const maxPoolGrad: TfjsKernel = { name: 'MaxPoolGrad', run: maxPoolGradient };
export const avgPoolGrad: TfjsKernel = { name: 'AvgPoolGrad', run: averagePoolGradient };
