import type { BatchNormLayer } from '../../../types.js';
import { SCRATCH, SCRATCH_END } from './builder.js';
import { FLOAT, image, masked, sizeOf } from './layers.js';
import type { Context, Node, Value } from './layers.js';
import type { Call } from './program.js';

/** Batch norm's node can also hand on the gradient of what was added to it. */
export interface BatchNormNode extends Node {
  /** @param dadd Where the gradient of `add` goes; 0 if nobody wants it. */
  backward(dy: number, dx: Parameters<Node['backward']>[1], dadd?: number): void;
}

/**
 * y = batch norm of x, plus `add` (the shortcut of a residual), then perhaps ReLU, whose mask is part of the backward
 * pass. In training by the batch's own moments, which each thread takes of its own images and then merges.
 */
export function batchNorm(context: Context, layer: BatchNormLayer, x: Value, add?: Value): BatchNormNode {
  const { builder, weight, gradient, training } = context;
  const { exports, heap } = builder.engine;
  const { name, epsilon = 1e-5, momentum = 0.1 } = layer;
  const relu = Number(layer.activation === 'relu');
  const size = sizeOf(x.shape);
  const channels = x.shape.at(-1)!;
  const rows = (count: number) => (size / channels) * count;
  const y: Value = { at: builder.take(size), shape: x.shape, relu: false };
  const [scale, shift] = [weight(`${name}.weight`), weight(`${name}.bias`)];
  const running = [weight(`${name}.running_mean`), weight(`${name}.running_var`)];
  const hyper = builder.allocate(2);
  heap.floats(hyper, 2).set([epsilon, momentum]);
  const rest = (i: number) => [scale, shift, hyper, image(add?.at ?? 0, size, i), image(y.at, size, i)];

  if (!training) {
    builder.scratch(exports.f32_batch_norm_running_scratch!(channels));
    builder.images((i, count) => [
      ['f32_batch_norm_running', image(x.at, size, i), ...running, ...rest(i), rows(count), channels, relu, SCRATCH, SCRATCH_END], // prettier-ignore
    ]);
    return { y, backward: () => {} };
  }

  const shares = builder.shares;
  const record = exports.f32_batch_norm_record!(channels);
  const records = builder.allocate((record / FLOAT) * shares);
  const [mean, inverse] = [builder.allocate(channels), builder.allocate(channels)];
  builder.scratch(exports.f32_batch_norm_apply_scratch!(channels));
  builder.images((i, count, share) => [
    ['f32_batch_norm_moments', image(x.at, size, i), records + share * record, rows(count), channels],
  ]);
  const together = { alone: false };
  builder.images((i, count, share): Call[] => {
    const apply: Call = ['f32_batch_norm_apply', image(x.at, size, i), records, ...rest(i), shares, rows(count), channels, relu, SCRATCH, SCRATCH_END]; // prettier-ignore
    if (share > 0) return [apply];
    return [['f32_batch_norm_remember', records, hyper, ...running, mean, inverse, shares, channels], apply];
  }, together);
  return {
    y,
    backward(dy, dx, dadd = 0) {
      const sums = builder.allocate((record / FLOAT) * shares);
      const to = dx?.at ?? builder.take(size);
      const own = [gradient(`${name}.weight`), gradient(`${name}.bias`)];
      const through = relu && !dadd ? y.at : 0; // with `dadd` the mask is in there
      builder.scratch(exports.f32_batch_norm_gradient_apply_scratch!(channels));
      builder.images((i, count, share) => [
        [
          ...(['f32_batch_norm_gradient_sums', image(x.at, size, i), image(relu && y.at, size, i)] as const),
          ...[image(dy, size, i), 0, mean, image(dadd, size, i), sums + share * record, rows(count), channels],
        ],
      ]);
      builder.images((i, count, share): Call[] => {
        const apply: Call = [
          ...(['f32_batch_norm_gradient_apply', image(x.at, size, i), image(through, size, i)] as const),
          ...[image(dadd || dy, size, i), mean, inverse, scale, sums, image(to, size, i)],
          ...[shares, rows(builder.batch), rows(count), channels, SCRATCH, SCRATCH_END],
        ];
        const mask = dx ? masked(dx, i, count, size) : [];
        if (share > 0) return [apply, ...mask];
        return [['f32_batch_norm_gradient_parameters', sums, inverse, ...own, shares, channels], apply, ...mask];
      }, together);
      if (!dx) builder.give(to, size);
    },
  };
}
