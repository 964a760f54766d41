import type { DenseLayer } from '../../../types.js';
import { SCRATCH, SCRATCH_END } from './builder.js';
import { image, sizeOf } from './layers.js';
import type { Context, Node, Value } from './layers.js';

// Below so many weights each thread computes its own images; above, its own columns, so that it reads its own weights.
const FEW_WEIGHTS = 1 << 14;

/** y [N, units] = x [N, in] · weight [in, units] + bias. */
export function dense(context: Context, { name, units, activation }: DenseLayer, x: Value): Node {
  const { builder } = context;
  const inputs = sizeOf(x.shape);
  const { batch } = builder;
  const [weight, bias] = [context.weight(`${name}.weight`), context.weight(`${name}.bias`)];
  const y: Value = { at: builder.take(units), shape: [units], relu: activation === 'relu' };
  const relu = Number(y.relu);
  const few = inputs * units < FEW_WEIGHTS && batch >= 4 * builder.threads;

  if (few)
    builder.images((i, count) => [
      ['f32_dense', image(x.at, inputs, i), weight, bias, image(y.at, units, i), count, inputs, units, 0, units, relu],
    ]);
  else
    builder.ranges(units, 16, (first, count) => [
      ['f32_dense', x.at, weight, bias, y.at, batch, inputs, units, first, first + count, relu],
    ]);
  return {
    y,
    backward(dy, dx) {
      const [dw, db] = [context.gradient(`${name}.weight`), context.gradient(`${name}.bias`)];
      builder.scratch(builder.engine.exports.f32_dense_weight_gradient_scratch!(batch));
      builder.ranges(inputs, 4, (first, count) => [
        [
          ...(['f32_dense_weight_gradient', x.at, dy, dw, first === 0 ? db : 0] as const),
          ...[batch, inputs, units, first, first + count, SCRATCH, SCRATCH_END],
        ],
      ]);
      if (!dx) return;
      if (few)
        builder.images(
          (i, count) => [
            [
              ...(['f32_dense_input_gradient', image(dy, units, i), weight, image(dx.at, inputs, i)] as const),
              ...[image(dx.mask, inputs, i), count, inputs, units, 0, inputs],
            ],
          ],
          { alone: false },
        );
      else
        builder.ranges(inputs, 4, (first, count) => [
          ['f32_dense_input_gradient', dy, weight, dx.at, dx.mask, batch, inputs, units, first, first + count],
        ]);
    },
  };
}
