import { sizeOf } from '../../common/shapes.js';
import type { FusedOperation } from '../fusion.js';
import { accesses } from './steps.js';
import type { Step, VirtualBuffer } from './steps.js';

/** What a step costs, for a batch. */
export interface Cost {
  /** Floating-point operations by the textbook: two for each product of a matrix product or a convolution. */
  flops: number;
  /** Of the buffers it reads and writes, parameters apart. */
  bytes: number;
}

export function costOf(step: Step, batch: number): Cost {
  const { reads, writes } = accesses(step);
  const bytes = [...new Set([...reads, ...writes])].reduce((sum, buffer) => sum + bytesOf(buffer, batch), 0);
  return { flops: batch * flopsOf(step), bytes };
}

/** Four for each number. */
export function bytesOf({ size, isFixed }: VirtualBuffer, batch: number): number {
  return 4 * size * (isFixed ? 1 : batch);
}

/** Of one example. Element-wise steps count an operation for each number that comes out. */
function flopsOf(step: Step): number {
  switch (step.pass) {
    case 'forward':
    case 'weightGradient':
    case 'gradient':
      return productsOf(step.operation) * 2 || sizeOf(step.operation.y.shape);
    case 'loss':
      return step.output.size;
    case 'mask':
      return step.y.size;
    case 'sum':
      return step.a.size;
    case 'update':
      return 0; // not by example
  }
}

/** Products of a convolution or a matrix product for one example, in each of its passes; 0 for anything else. */
export function productsOf(operation: FusedOperation): number {
  switch (operation.kind) {
    case 'conv2d':
    case 'conv2dMaxPool': {
      const [, , channels = 0] = operation.x.shape;
      const { shape } = operation.kind === 'conv2d' ? operation.y : { shape: operation.convolved };
      return sizeOf(shape) * operation.kernel ** 2 * channels;
    }
    case 'depthwiseConv2d':
      return sizeOf(operation.y.shape) * operation.kernel ** 2;
    case 'dense':
      return sizeOf(operation.x.shape) * sizeOf(operation.y.shape);
    default:
      return 0;
  }
}
