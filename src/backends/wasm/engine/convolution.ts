import type { Conv2dLayer } from '../../../types.js';
import type { Builder } from './builder.js';
import { SCRATCH, SCRATCH_END } from './builder.js';
import { image, masked, sizeOf } from './layers.js';
import type { Context, Node, Value } from './layers.js';
import type { Call } from './program.js';

/** A convolution's sizes as its kernels take them. */
function geometry({ filters, kernel, stride = 1, padding = 0 }: Conv2dLayer, shape: readonly number[]) {
  const [height, width, channels] = shape as [number, number, number];
  const [outH, outW] = [height, width].map((length) => Math.floor((length + 2 * padding - kernel) / stride) + 1) as [number, number]; // prettier-ignore
  return {
    height,
    width,
    channels,
    outH,
    outW,
    all: (batch: number) => [
      ...[batch, height, width, channels, filters, kernel, kernel, stride, stride, padding, padding, outH, outW],
    ],
  };
}

/** Whether Winograd's kernels take less time than the direct ones. */
function winogradPays({ engine }: Builder, layer: Conv2dLayer, shape: readonly number[]): boolean {
  const { height, width, channels, outH, outW } = geometry(layer, shape);
  const { kernel, stride = 1, filters } = layer;
  return (
    kernel === 3 && stride === 1 && !!engine.exports.f32_winograd_pays!(height, width, channels, filters, outH, outW)
  );
}

/** y [N, H', W', filters] of x [N, H, W, C]. */
export function convolution(context: Context, layer: Conv2dLayer, x: Value): Node {
  const { builder } = context;
  const { exports } = builder.engine;
  const { filters, kernel, stride = 1, padding = 0, name, activation } = layer;
  const { height, width, channels, outH, outW, all } = geometry(layer, x.shape);
  const [inSize, outSize] = [sizeOf(x.shape), outH * outW * filters];
  const [filter, bias] = [context.weight(`${name}.weight`), context.weight(`${name}.bias`)];
  const y: Value = { at: builder.take(outSize), shape: [outH, outW, filters], relu: activation === 'relu' };
  const sizes = [kernel, kernel, stride, stride];
  const pays = winogradPays(builder, layer, x.shape);

  const forward = pays ? 'f32_winograd_conv2d' : channels === 1 && stride === 1 ? 'f32_conv2d_plane' : 'f32_conv2d';
  builder.scratch(exports[`${forward}_scratch`]!(channels, filters, ...(pays ? [] : [...sizes, outH, outW])));
  builder.images((i, count) => [
    [
      ...([forward, image(x.at, inSize, i), filter, bias, image(y.at, outSize, i), ...all(count)] as const),
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
          ? exports.f32_winograd_filter_gradient_scratch!(channels, filters)
          : exports.f32_conv2d_filter_gradient_scratch!(builder.batch, channels, filters, ...sizes, outH, outW),
      );
      builder.images((i, count, share) => [
        [
          ...([filterGradient, image(x.at, inSize, i), image(dy, outSize, i)] as const),
          ...[dw, db].map((at) => at && at + share * context.shareBytes),
          ...[...all(count), SCRATCH, SCRATCH_END],
        ],
      ]);
      if (!dx) return;
      if (pays) builder.scratch(exports.f32_winograd_input_gradient_scratch!(channels, filters));
      else
        builder.scratch(
          exports.f32_conv2d_input_gradient_scratch!(height, width, channels, filters, ...sizes, padding, padding, outH, outW), // prettier-ignore
        );
      builder.images((i, count): Call[] => {
        const addresses = [image(dy, outSize, i), filter, image(dx.at, inSize, i)];
        const rest = [...all(count), SCRATCH, SCRATCH_END];
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
  const { channels, outH, outW, all } = geometry(layer, x.shape);
  const shape = [Math.floor(outH / pool), Math.floor(outW / pool), filters];
  const [inSize, outSize] = [sizeOf(x.shape), sizeOf(shape)];
  const [filter, bias] = [context.weight(`${name}.weight`), context.weight(`${name}.bias`)];
  const y: Value = { at: builder.take(outSize), shape, relu: false }; // what ReLU stopped has no maximum
  const argmax = context.training ? builder.allocate(outSize * builder.batch) : 0;

  const rest = (i: number) => [image(y.at, outSize, i), image(argmax, outSize, i)];
  const relu = Number(activation === 'relu');
  if (winogradPays(builder, layer, x.shape)) {
    const convSize = outH * outW * filters;
    const conv = builder.take(convSize);
    builder.scratch(exports.f32_winograd_conv2d_scratch!(channels, filters));
    builder.images((i, count) => [
      [
        ...(['f32_winograd_conv2d', image(x.at, inSize, i), filter, bias, image(conv, convSize, i)] as const),
        ...[...all(count), 0, SCRATCH, SCRATCH_END],
      ],
      ['f32_max_pool_argmax', image(conv, convSize, i), ...rest(i), count, outH, outW, filters, pool, relu],
    ]);
    builder.give(conv, convSize);
  } else {
    builder.scratch(exports.f32_conv2d_max_pool_scratch!(...all(builder.batch), pool));
    builder.images((i, count) => [
      [
        ...(['f32_conv2d_max_pool', image(x.at, inSize, i), filter, bias, ...rest(i), ...all(count)] as const),
        ...[pool, relu, SCRATCH, SCRATCH_END],
      ],
    ]);
  }
  return {
    y,
    backward(dy, dx) {
      const [dw, db] = [context.gradient(`${name}.weight`), context.gradient(`${name}.bias`)];
      context.inShares(`${name}.weight`, `${name}.bias`);
      builder.scratch(exports.f32_conv2d_max_pool_filter_gradient_scratch!(...all(builder.batch), pool));
      builder.images((i, count, share) => [
        [
          ...(['f32_conv2d_max_pool_filter_gradient', image(x.at, inSize, i)] as const),
          ...[image(dy, outSize, i), image(argmax, outSize, i)],
          ...[dw, db].map((at) => at && at + share * context.shareBytes),
          ...[...all(count), pool, SCRATCH, SCRATCH_END],
        ],
      ]);
      if (!dx) return;
      builder.scratch(exports.f32_conv2d_max_pool_input_gradient_scratch!(...all(builder.batch), pool));
      builder.images((i, count) => [
        [
          ...(['f32_conv2d_max_pool_input_gradient', image(dy, outSize, i), image(argmax, outSize, i)] as const),
          ...[filter, image(dx.at, inSize, i), image(dx.mask, inSize, i), ...all(count), pool, SCRATCH, SCRATCH_END],
        ],
      ]);
    },
  };
}
