import type { Pool } from '../../../operations.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import { groupsOf } from '../kernels/elementwise.js';
import {
  averagePool,
  averagePoolGradient,
  maxPool as greatest,
  maxPoolGradient as greatestGradient,
} from '../kernels/pool.js';
import type { ProgramBuilder } from '../program-builder.js';

export const maxPool: OperationEmitter<'maxPool', ProgramBuilder> = {
  forward(to, { operation, x, y }) {
    const count = to.batch * y.size;
    to.call(greatest, { x, y, argmax: undefined, relu: false, ...windowsOf(operation), count }, groupsOf(count));
  },

  gradient(to, { operation, x, y, dy, dx }) {
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

function windowsOf({ x, y, window, stride, padding: [top, , left] }: Pool) {
  const [height, width, channels] = x.shape as [number, number, number];
  const [outH, outW] = y.shape as [number, number, number];
  const [[windowH, windowW], [strideH, strideW]] = [window, stride];
  return { height, width, channels, windowH, windowW, strideH, strideW, top, left, outH, outW };
}
