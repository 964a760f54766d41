import type { Emitters, OperationEmitter } from '../../../schedule/emitters.js';
import type { ProgramBuilder } from '../program-builder.js';

/** y = x + addend, then perhaps ReLU. */
export const add: OperationEmitter<'add', ProgramBuilder> = {
  forward(to, { operation, x, addend, y }) {
    const kernel = operation.relu ? 'f32_add_relu' : 'f32_add';
    to.elements(operation.y.shape, (at, count) => [{ kernel, a: at(x), b: at(addend), c: at(y), count }]);
  },
};

type Writer<P extends 'mask' | 'sum'> = Emitters<ProgramBuilder>[P];

export const mask: Writer<'mask'> = (to, { dy, by, y }) =>
  to.images(({ first, count }) => [
    {
      kernel: 'f32_relu_gradient',
      ...{ dy: to.at(dy, first), y: to.at(by, first), dx: to.at(y, first), count: count * y.size },
    },
  ]);

export const sum: Writer<'sum'> = (to, { a, b, target }) =>
  to.images(({ first, count }) => [
    {
      kernel: 'f32_add_masked',
      ...{ a: to.at(a, first), b: to.at(b, first), mask: to.at(target.mask, first) },
      ...{ c: to.at(target.buffer, first), count: count * a.size },
    },
  ]);
