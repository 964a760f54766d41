import type { Activation } from '../../../types.js';
import { image, masked, sizeOf } from './layers.js';
import type { Context, Node, Value } from './layers.js';

/** y = sigmoid or tanh of x, a step of its own after the layer that yields x. */
export function activation({ builder }: Context, kind: Exclude<Activation, 'relu'>, x: Value): Node {
  const size = sizeOf(x.shape);
  const y: Value = { at: builder.take(size), shape: x.shape, relu: false };
  const tanh = Number(kind === 'tanh');
  builder.images((i, count) => [['f32_activation', image(x.at, size, i), image(y.at, size, i), count * size, tanh]]);
  return {
    y,
    backward(dy, dx) {
      if (!dx) return;
      builder.images((i, count) => {
        const [from, own, to] = [dy, y.at, dx.at].map((at) => image(at, size, i)) as [number, number, number];
        return [['f32_activation_gradient', from, own, to, count * size, tanh], ...masked(dx, i, count, size)];
      });
    },
  };
}
