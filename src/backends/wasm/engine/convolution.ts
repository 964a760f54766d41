import type { Conv2dLayer } from '../../../types.js';
import type { Geometry } from '../geometry.js';
import type { Builder } from './builder.js';
import { SCRATCH, SCRATCH_END } from './builder.js';
import { image, masked, sizeOf } from './layers.js';
import type { Context, Node, Value } from './layers.js';
import type { Call } from './program.js';

/** What a convolution does to an image, and where in memory the kernels read it. */
function geometryOf(builder: Builder, layer: Conv2dLayer, shape: readonly number[]): Geometry & { at: number } {
  const { filters, kernel, stride = 1, padding = 0 } = layer;
  const [height, width, inChannels] = shape as [number, number, number];
  const out = (length: number) => Math.floor((length + 2 * padding - kernel) / stride) + 1;
  const geometry = {
    ...{ height, width, inChannels, outChannels: filters, kernelH: kernel, kernelW: kernel },
    ...{ strideH: stride, strideW: stride, top: padding, left: padding, outH: out(height), outW: out(width) },
  };
  return { ...geometry, at: builder.geometry(geometry) };
}

/** y [N, H', W', filters] of x [N, H, W, C]. */
export function convolution(context: Context, layer: Conv2dLayer, x: Value): Node {
  const { builder } = context;
  const { exports } = builder.engine;
  const { filters, stride = 1, name, activation } = layer;
  const { inChannels, outH, outW, at: geometry } = geometryOf(builder, layer, x.shape);
  const [inSize, outSize] = [sizeOf(x.shape), outH * outW * filters];
  const [filter, bias] = [context.weight(`${name}.weight`), context.weight(`${name}.bias`)];
  const y: Value = { at: builder.take(outSize), shape: [outH, outW, filters], relu: activation === 'relu' };
  const pays = exports.f32_winograd_pays!(geometry);

  const forward = pays ? 'f32_winograd_conv2d' : inChannels === 1 && stride === 1 ? 'f32_conv2d_plane' : 'f32_conv2d';
  builder.scratch(exports[`${forward}_scratch`]!(geometry));
  builder.images((i, count) => [
    [
      ...([forward, image(x.at, inSize, i), filter, bias, image(y.at, outSize, i), count, geometry] as const),
      ...[Number(y.relu), SCRATCH, SCRATCH_END],
    ],
  ]);
  return {
    y,
    backward(dy, dx) {
      const [dw, db] = [context.gradient(`${name}.weight`), context.gradient(`${name}.bias`)];
      context.inShares(`${name}.weight`, `${name}.bias`);
      const filterGradient = pays ? 'f32_winograd_filter_gradient' : 'f32_conv2d_filter_gradient';
      builder.scratch(
        pays
          ? exports.f32_winograd_filter_gradient_scratch!(geometry)
          : exports.f32_conv2d_filter_gradient_scratch!(builder.batch, geometry),
      );
      builder.images((i, count, share) => [
        [
          ...([filterGradient, image(x.at, inSize, i), image(dy, outSize, i)] as const),
          ...[dw, db].map((at) => at && at + share * context.shareBytes),
          ...[count, geometry, SCRATCH, SCRATCH_END],
        ],
      ]);
      if (!dx) return;
      const inputGradient = pays ? 'f32_winograd_input_gradient' : 'f32_conv2d_input_gradient';
      builder.scratch(exports[`${inputGradient}_scratch`]!(geometry));
      builder.images((i, count): Call[] => {
        const addresses = [image(dy, outSize, i), filter, image(dx.at, inSize, i)];
        const rest = [count, geometry, SCRATCH, SCRATCH_END];
        if (pays) return [['f32_winograd_input_gradient', ...addresses, image(dx.mask, inSize, i), ...rest]];
        return [['f32_conv2d_input_gradient', ...addresses, ...rest], ...masked(dx, i, count, inSize)];
      });
    },
  };
}

/**
 * A convolution and the maximum of each window of its output, y [N, H' / pool, W' / pool, filters]. Only the maxima have
 * gradients, so these are computed from where the maxima were, which the forward pass remembers.
 */
export function pooledConvolution(context: Context, layer: Conv2dLayer, pool: number, x: Value): Node {
  const { builder } = context;
  const { exports } = builder.engine;
  const { filters, name, activation } = layer;
  const { outH, outW, at: geometry } = geometryOf(builder, layer, x.shape);
  const shape = [Math.floor(outH / pool), Math.floor(outW / pool), filters];
  const [inSize, outSize] = [sizeOf(x.shape), sizeOf(shape)];
  const [filter, bias] = [context.weight(`${name}.weight`), context.weight(`${name}.bias`)];
  const y: Value = { at: builder.take(outSize), shape, relu: false }; // what ReLU stopped has no maximum
  const argmax = context.training ? builder.allocate(outSize * builder.batch) : 0;

  const rest = (i: number) => [image(y.at, outSize, i), image(argmax, outSize, i)];
  const relu = Number(activation === 'relu');
  if (exports.f32_winograd_pays!(geometry)) {
    const convSize = outH * outW * filters;
    const conv = builder.take(convSize);
    builder.scratch(exports.f32_winograd_conv2d_scratch!(geometry));
    builder.images((i, count) => [
      [
        ...(['f32_winograd_conv2d', image(x.at, inSize, i), filter, bias, image(conv, convSize, i)] as const),
        ...[count, geometry, 0, SCRATCH, SCRATCH_END],
      ],
      ['f32_max_pool_argmax', image(conv, convSize, i), ...rest(i), count, geometry, pool, relu],
    ]);
    builder.give(conv, convSize);
  } else {
    builder.scratch(exports.f32_conv2d_max_pool_scratch!(geometry));
    builder.images((i, count) => [
      [
        ...(['f32_conv2d_max_pool', image(x.at, inSize, i), filter, bias, ...rest(i), count, geometry] as const),
        ...[pool, relu, SCRATCH, SCRATCH_END],
      ],
    ]);
  }
  return {
    y,
    backward(dy, dx) {
      const [dw, db] = [context.gradient(`${name}.weight`), context.gradient(`${name}.bias`)];
      context.inShares(`${name}.weight`, `${name}.bias`);
      builder.scratch(exports.f32_conv2d_max_pool_filter_gradient_scratch!(builder.batch, geometry, pool));
      builder.images((i, count, share) => [
        [
          ...(['f32_conv2d_max_pool_filter_gradient', image(x.at, inSize, i)] as const),
          ...[image(dy, outSize, i), image(argmax, outSize, i)],
          ...[dw, db].map((at) => at && at + share * context.shareBytes),
          ...[count, geometry, pool, SCRATCH, SCRATCH_END],
        ],
      ]);
      if (!dx) return;
      builder.scratch(exports.f32_conv2d_max_pool_input_gradient_scratch!(geometry, pool));
      builder.images((i, count) => [
        [
          ...(['f32_conv2d_max_pool_input_gradient', image(dy, outSize, i), image(argmax, outSize, i)] as const),
          ...[filter, image(dx.at, inSize, i), image(dx.mask, inSize, i), count, geometry, pool, SCRATCH, SCRATCH_END],
        ],
      ]);
    },
  };
}
