import type { OperationEmitter } from '../../../schedule/emitters.js';
import type { ProgramBuilder } from '../program-builder.js';
import { geometryOf } from './geometry.js';
import { masked } from './mask.js';

/** y [N, H', W', C · m] of x [N, H, W, C], each channel by itself. */
export const depthwiseConv2d: OperationEmitter<'depthwiseConv2d', ProgramBuilder> = {
  forward(to, { operation, x, y }) {
    const { weight, bias, relu } = operation;
    const geometry = to.geometry(geometryOf(operation, operation.y.shape));
    const parameters = { filter: to.parameter(weight), bias: to.parameter(bias) };
    to.images(({ first, count }) => [
      {
        kernel: 'f32_depthwise_conv2d',
        ...{ x: to.at(x, first), ...parameters, y: to.at(y, first), batch: count, geometry, relu },
      },
    ]);
  },

  weightGradient(to, { operation, x, dy }) {
    const { weight, bias } = operation;
    const geometry = to.geometry(geometryOf(operation, operation.y.shape));
    to.images((shard) => {
      const { first, count } = shard;
      const gradients = { dw: to.shardOfGradient(weight, shard), db: to.shardOfGradient(bias, shard) };
      const addresses = { x: to.at(x, first), dy: to.at(dy, first), ...gradients };
      return [{ kernel: 'f32_depthwise_conv2d_filter_gradient', ...addresses, batch: count, geometry }];
    });
  },

  gradient(to, { operation, dy, dx }) {
    const geometry = to.geometry(geometryOf(operation, operation.y.shape));
    const filter = to.parameter(operation.weight);
    to.images((shard) => {
      const { first, count } = shard;
      const addresses = { dy: to.at(dy, first), filter, dx: to.at(dx.buffer, first) };
      const call = { kernel: 'f32_depthwise_conv2d_input_gradient', ...addresses, batch: count, geometry } as const;
      return [call, ...masked(to, dx, shard)];
    });
  },
};
