import { sizeOf } from '../../../../common/shapes.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import type { ProgramBuilder } from '../program-builder.js';
import { FLOAT_BYTES } from '../heap.js';
import type { KernelCall } from '../../kernel-call.js';
import { winogradPays } from '../winograd.js';
import { bandOf } from './band.js';
import { geometryOf } from './geometry.js';
import { masked } from './mask.js';

/** What a convolution's call says of its shard. */
interface Rest {
  x: number;
  y: number;
  batch: number;
  geometry: number;
}

/** y [N, H', W', filters] of x [N, H, W, C]. */
export const conv2d: OperationEmitter<'conv2d', ProgramBuilder> = {
  forward(to, { operation, x, y }) {
    const { weight, bias, relu } = operation;
    const sizes = geometryOf(operation, operation.y.shape);
    const geometry = to.geometry(sizes);
    const parameters = { filter: to.parameter(weight), bias: to.parameter(bias) };
    const direct = sizes.inChannels === 1 && sizes.strideH === 1 ? 'f32_conv2d_plane' : 'f32_conv2d';
    const call = winogradPays(to.engine, geometry)
      ? (rest: Rest): KernelCall => ({
          kernel: 'f32_winograd_conv2d',
          ...parameters,
          prepared: to.prepared(weight),
          relu,
          ...rest,
        })
      : (rest: Rest): KernelCall => ({ kernel: direct, ...parameters, relu, ...rest });
    if (!to.isOneImage) {
      to.images(({ first, count }) => [call({ x: to.at(x, first), y: to.at(y, first), batch: count, geometry })]);
      return;
    }
    to.rows(
      sizes.outH,
      ({ first, count }) => {
        const band = bandOf(sizes, first, count);
        const above = FLOAT_BYTES * band.skipped * sizes.width * sizes.inChannels;
        const before = FLOAT_BYTES * first * sizes.outW * sizes.outChannels;
        return [call({ x: to.at(x) + above, y: to.at(y) + before, batch: 1, geometry: to.geometry(band.geometry) })];
      },
      { isAlone: false }, // a row sees those above and below it
    );
  },

  weightGradient(to, { operation, x, dy }) {
    const { weight, bias } = operation;
    const geometry = to.geometry(geometryOf(operation, operation.y.shape));
    const kernel = winogradPays(to.engine, geometry) ? 'f32_winograd_filter_gradient' : 'f32_conv2d_filter_gradient';
    to.images((shard) => {
      const gradients = { dw: to.shardOfGradient(weight, shard), db: to.shardOfGradient(bias, shard) };
      const { first, count } = shard;
      return [{ kernel, x: to.at(x, first), dy: to.at(dy, first), ...gradients, batch: count, geometry }];
    });
  },

  gradient(to, { operation, dy, dx }) {
    const geometry = to.geometry(geometryOf(operation, operation.y.shape));
    const filter = to.parameter(operation.weight);
    const pays = winogradPays(to.engine, geometry);
    to.images((shard) => {
      const { first, count } = shard;
      const addresses = { dy: to.at(dy, first), filter, dx: to.at(dx.buffer, first) };
      if (pays) {
        const mask = to.at(dx.mask, first);
        return [{ kernel: 'f32_winograd_input_gradient', ...addresses, mask, batch: count, geometry }];
      }
      return [{ kernel: 'f32_conv2d_input_gradient', ...addresses, batch: count, geometry }, ...masked(to, dx, shard)];
    });
  },
};

/**
 * A convolution and the maximum of each window of its output, y [N, H' / pool, W' / pool, filters]. Only the maxima have
 * gradients, so these are computed from where the maxima were, which the forward pass remembers.
 */
export const conv2dMaxPool: OperationEmitter<'conv2dMaxPool', ProgramBuilder> = {
  forward(to, { operation, x, y, saved: [argmax] }) {
    const { weight, bias, relu, pool, convolved } = operation;
    const sizes = geometryOf(operation, convolved);
    const geometry = to.geometry(sizes);
    const parameters = { filter: to.parameter(weight), bias: to.parameter(bias) };
    if (!winogradPays(to.engine, geometry)) {
      to.images(({ first, count }) => {
        const addresses = { x: to.at(x, first), ...parameters, p: to.at(y, first), argmax: to.at(argmax, first) };
        return [{ kernel: 'f32_conv2d_max_pool', ...addresses, batch: count, geometry, pool, relu }];
      });
      return;
    }
    const size = sizeOf(convolved);
    to.workspace(size, (workspace) =>
      to.images(({ first, count }) => {
        const conv = workspace + FLOAT_BYTES * size * first;
        const pooled = { p: to.at(y, first), argmax: to.at(argmax, first) };
        return [
          {
            kernel: 'f32_winograd_conv2d',
            ...{ x: to.at(x, first), ...parameters, prepared: to.prepared(weight), y: conv },
            ...{ batch: count, geometry, relu: false },
          },
          { kernel: 'f32_max_pool_argmax', y: conv, ...pooled, batch: count, geometry, pool, relu },
        ];
      }),
    );
  },

  weightGradient(to, { operation, x, dy, saved: [argmax] }) {
    const { weight, bias, pool, convolved } = operation;
    const geometry = to.geometry(geometryOf(operation, convolved));
    to.images((shard) => {
      const { first, count } = shard;
      const addresses = { x: to.at(x, first), dp: to.at(dy, first), argmax: to.at(argmax, first) };
      const gradients = { dw: to.shardOfGradient(weight, shard), db: to.shardOfGradient(bias, shard) };
      return [
        { kernel: 'f32_conv2d_max_pool_filter_gradient', ...addresses, ...gradients, batch: count, geometry, pool },
      ];
    });
  },

  gradient(to, { operation, dy, dx, saved: [argmax] }) {
    const { weight, pool, convolved } = operation;
    const geometry = to.geometry(geometryOf(operation, convolved));
    const filter = to.parameter(weight);
    to.images(({ first, count }) => {
      const from = { dp: to.at(dy, first), argmax: to.at(argmax, first), filter };
      const target = { dx: to.at(dx.buffer, first), mask: to.at(dx.mask, first) };
      return [{ kernel: 'f32_conv2d_max_pool_input_gradient', ...from, ...target, batch: count, geometry, pool }];
    });
  },
};
