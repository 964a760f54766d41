import type { Pool } from '../../../operations.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import type { VirtualBuffer } from '../../../schedule/steps.js';
import { batchNorm } from '../kernels/batch-norm.js';
import { groupsOf } from '../kernels/elementwise.js';
import {
  averagePool,
  averagePoolGradient,
  maxPool as greatest,
  maxPoolGradient as greatestGradient,
} from '../kernels/pool.js';
import type { ProgramBuilder } from '../program-builder.js';
import { poolOnTheWay } from './batch-norm.js';
import type { NormCall } from './batch-norm.js';

/** Batch norm pools on its way, where windows are next to each other and nobody else needs what is pooled. */
export const maxPool: OperationEmitter<'maxPool', ProgramBuilder> = {
  forward(to, { operation, x, y }) {
    const norm = to.writer(batchNorm, x);
    if (norm && canPool(to, norm, operation, x)) {
      poolOnTheWay(to, norm, operation.name, operation.window[0], y);
      return;
    }
    const count = to.batch * y.size;
    to.call(greatest, { x, y, relu: false, ...windowsOf(operation), count }, groupsOf(count));
  },

  gradient(to, { operation, x, y, dy, dx }) {
    if (to.writer(batchNorm, y)?.args.argmax) {
      to.unpooled.set(dx.buffer, dy);
      return;
    }
    const count = to.batch * x.size;
    const target = { mask: dx.mask, dx: dx.buffer };
    to.call(greatestGradient, { x, y, dy, ...target, ...windowsOf(operation), count }, groupsOf(count));
  },
};

export const avgPool: OperationEmitter<'avgPool', ProgramBuilder> = {
  forward(to, { operation, x, y }) {
    const count = to.batch * y.size;
    to.call(averagePool, { x, y, ...windowsOf(operation), count }, groupsOf(count));
  },

  gradient(to, { operation, x, dy, dx }) {
    const count = to.batch * x.size;
    const target = { mask: dx.mask, dx: dx.buffer };
    to.call(averagePoolGradient, { dy, ...target, ...windowsOf(operation), count }, groupsOf(count));
  },
};

function canPool(to: ProgramBuilder, { args }: NormCall, { window, stride, padding }: Pool, x: VirtualBuffer): boolean {
  const isTiled = [...window, ...stride].every((size) => size === window[0]) && padding.every((side) => side === 0);
  return isTiled && args.y === x && !args.addend && !args.sum && args.pool === 1 && to.isReadOnce(x);
}

function windowsOf({ x, y, window, stride, padding: [top, , left] }: Pool) {
  const [height, width, channels] = x.shape as [number, number, number];
  const [outH, outW] = y.shape as [number, number, number];
  const [[windowH, windowW], [strideH, strideW]] = [window, stride];
  return { height, width, channels, windowH, windowW, strideH, strideW, top, left, outH, outW };
}
