import type { Pool } from '../../../operations.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import type { Forward } from '../../../schedule/steps.js';
import type { ProgramBuilder } from '../program-builder.js';
import { masked } from './mask.js';

export const maxPool: OperationEmitter<'maxPool', ProgramBuilder> = {
  forward: (to, step) => forward(to, step, false),

  gradient(to, { operation, x, y, dy, dx }) {
    const geometry = geometryOf(to, operation);
    to.images((shard) => {
      const { first, count } = shard;
      const values = { x: to.at(x, first), y: to.at(y, first) };
      const gradients = { dy: to.at(dy, first), dx: to.at(dx.buffer, first) };
      return [
        { kernel: 'f32_max_pool_gradient', ...values, ...gradients, batch: count, geometry },
        ...masked(to, dx, shard),
      ];
    });
  },
};

export const avgPool: OperationEmitter<'avgPool', ProgramBuilder> = {
  forward: (to, step) => forward(to, step, true),

  gradient(to, { operation, dy, dx }) {
    const geometry = geometryOf(to, operation);
    to.images((shard) => {
      const { first, count } = shard;
      const gradients = { dy: to.at(dy, first), dx: to.at(dx.buffer, first) };
      return [{ kernel: 'f32_average_pool_gradient', ...gradients, batch: count, geometry }, ...masked(to, dx, shard)];
    });
  },
};

function forward(to: ProgramBuilder, { operation, x, y }: Forward<'maxPool' | 'avgPool'>, average: boolean): void {
  const geometry = geometryOf(to, operation);
  to.images(({ first, count }) => [
    { kernel: 'f32_pool', x: to.at(x, first), y: to.at(y, first), batch: count, geometry, average },
  ]);
}

function geometryOf(to: ProgramBuilder, { x, y, window, stride, padding }: Pool): number {
  const [height, width, channels] = x.shape as [number, number, number];
  const [outH, outW] = y.shape as [number, number, number];
  const [[kernelH, kernelW], [strideH, strideW], [top, , left]] = [window, stride, padding];
  return to.geometry({
    ...{ height, width, inChannels: channels, outChannels: channels },
    ...{ kernelH, kernelW, strideH, strideW, top, left, outH, outW },
  });
}
