import type { Emitters, OperationEmitter } from '../../../schedule/emitters.js';
import { activation as forward, activationGradient } from '../kernels/activations.js';
import { add as addition, groupsOf, mask as masking, sum as summing } from '../kernels/elementwise.js';
import type { ProgramBuilder } from '../program-builder.js';

/** y = an activation of x, a step of its own after what yields x. */
export const activation: OperationEmitter<'activation', ProgramBuilder> = {
  forward(to, { operation, x, y }) {
    const count = to.batch * y.size;
    to.call(forward(operation.activation), { x, y, count }, groupsOf(count));
  },

  gradient(to, { operation, y, dy, dx }) {
    const count = to.batch * y.size;
    const target = { mask: dx.mask, dx: dx.buffer };
    to.call(activationGradient(operation.activation), { y, dy, ...target, count }, groupsOf(count));
  },
};

/** y = x + addend, then perhaps ReLU. */
export const add: OperationEmitter<'add', ProgramBuilder> = {
  forward(to, { operation, x, addend, y }) {
    const count = to.batch * y.size;
    to.call(addition, { x, addend, y, relu: operation.relu, count }, groupsOf(count));
  },
};

type Writer<P extends 'mask' | 'sum'> = Emitters<ProgramBuilder>[P];

export const mask: Writer<'mask'> = (to, { dy, by, y }) => {
  const count = to.batch * y.size;
  to.call(masking, { dy, by, y, count }, groupsOf(count));
};

export const sum: Writer<'sum'> = (to, { a, b, target }) => {
  const count = to.batch * a.size;
  to.call(summing, { a, b, mask: target.mask, c: target.buffer, count }, groupsOf(count));
};
