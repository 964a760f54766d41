import type { Emitters, OperationEmitter } from '../../../schedule/emitters.js';
import { hasSlopeOfOutput } from '../../../schedule/steps.js';
import { activation as forward, activationGradient } from '../kernels/activations.js';
import { add as addition, groupsOf, mask as masking, sum as summing } from '../kernels/elementwise.js';
import type { ProgramBuilder } from '../program-builder.js';

/** y = an activation of x, a step of its own: all but a ReLU that is part of what yields x. */
export const activation: OperationEmitter<'activation', ProgramBuilder> = {
  forward(to, { operation, x, y }) {
    const { activation, slope: below = 0 } = operation;
    const count = to.batch * y.size;
    to.call(forward(activation), { x, y, below, count }, groupsOf(count));
  },

  gradient(to, { operation, x, y, dy, dx }) {
    const { activation, slope: below = 0 } = operation;
    const count = to.batch * y.size;
    const values = hasSlopeOfOutput(operation) ? y : x;
    const target = { mask: dx.mask, dx: dx.buffer };
    to.call(activationGradient(activation), { values, dy, ...target, below, count }, groupsOf(count));
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
