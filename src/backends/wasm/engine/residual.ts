import type { ResidualLayer } from '../../../types.js';
import { batchNorm } from './batch-norm.js';
import { image, release, sequence, sizeOf } from './layers.js';
import type { Context, Node, Value } from './layers.js';

/** y = activation(body(x) + shortcut(x)); a batch norm that ends the body takes the sum and the activation on. */
export function residual(context: Context, { body, shortcut, activation }: ResidualLayer, x: Value): Node {
  const { builder, training } = context;
  const last = body.at(-1);
  const norm = last?.type === 'batchNorm' && !last.activation ? last : undefined;
  const inner = sequence(context, norm ? body.slice(0, -1) : body, x);
  const beside = shortcut && sequence(context, shortcut, x);
  const other = beside?.y ?? x;
  const [size, outSize] = [sizeOf(x.shape), sizeOf(other.shape)];
  const relu = activation === 'relu';

  const sum = norm && batchNorm(context, { ...norm, ...(activation && { activation }) }, inner.y, other);
  const y: Value = sum?.y ?? { at: builder.take(outSize), shape: other.shape, relu };
  if (!sum)
    builder.images((i, count) => [
      [relu ? 'f32_add_relu' : 'f32_add', image(inner.y.at, outSize, i), image(other.at, outSize, i), image(y.at, outSize, i), count * outSize], // prettier-ignore
    ]);
  if (!training) for (const { y } of [inner, ...(beside ? [beside] : [])]) if (y.at !== x.at) release(context, y);

  /** The gradient of x by way of a branch, unmasked; 0 if nobody wants it. */
  function by({ y, backward }: Node, dy: number, isMasked: boolean, isWanted: boolean): number {
    if (y.at === x.at) return dy; // no work: the identity
    const own = y.relu && !isMasked ? builder.take(outSize) : dy;
    if (own !== dy)
      builder.images((i, count) => [
        ['f32_relu_gradient', image(dy, outSize, i), image(y.at, outSize, i), image(own, outSize, i), count * outSize],
      ]);
    const dx = isWanted ? builder.take(size) : 0;
    backward(own, isWanted ? { at: dx, mask: 0 } : undefined);
    if (own !== dy) builder.give(own, outSize);
    return dx;
  }

  return {
    y,
    backward(dy, dx) {
      // The gradient of the sum, which is that of the shortcut too; and of what goes into the batch norm.
      const through = sum ? { dsum: builder.take(outSize), at: builder.take(outSize) } : { dsum: dy, at: dy };
      sum?.backward(dy, { at: through.at, mask: inner.y.relu ? inner.y.at : 0 }, through.dsum);
      // Behind a batch norm the gradient is masked already.
      const first = by(inner, through.at, sum !== undefined, dx !== undefined);
      const second = beside ? by(beside, through.dsum, false, dx !== undefined) : through.dsum;
      if (dx)
        builder.images((i, count) => [
          ['f32_add_masked', image(first, size, i), image(second, size, i), image(dx.mask, size, i), image(dx.at, size, i), count * size], // prettier-ignore
        ]);
      for (const at of [first, second]) if (at && at !== through.at && at !== through.dsum) builder.give(at, size);
      if (sum) for (const at of [through.dsum, through.at]) builder.give(at, outSize);
    },
  };
}
