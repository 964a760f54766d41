import type { Emitters, OperationEmitter } from '../../../schedule/emitters.js';
import { hasSlopeOfOutput } from '../../../schedule/steps.js';
import { batchNorm } from '../kernels/batch-norm.js';
import { conv2dInputGradient } from '../kernels/conv2d.js';
import { activation as forward, activationGradient } from '../kernels/activations.js';
import { add as addition, groupsOf } from '../kernels/elementwise.js';
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

/** y = x + addend, then perhaps ReLU. Batch norm adds on its way. */
export const add: OperationEmitter<'add', ProgramBuilder> = {
  forward(to, { operation, x, addend = x, y }) {
    const norm = to.writer(batchNorm, x, addend);
    if (norm && !operation.relu && norm.args.pool === 1 && !norm.args.sum) {
      Object.assign(norm.args, { other: norm.args.y === x ? addend : x, sum: y });
      return;
    }
    const count = to.batch * y.size;
    to.call(addition, { x, addend, y, relu: operation.relu, count }, groupsOf(count));
  },
};

type Writer<P extends 'mask' | 'sum'> = Emitters<ProgramBuilder>[P];

export const mask: Writer<'mask'> = (to, { dy, by, y }) => {
  const count = to.batch * y.size;
  to.call(addition, { x: dy, mask: by, y, relu: false, count }, groupsOf(count));
};

/** A convolution's gradient adds on its way. */
export const sum: Writer<'sum'> = (to, { a, b, target }) => {
  const conv = to.writer(conv2dInputGradient, a, b);
  const own = conv?.args.dx === a ? a : b;
  if (conv?.args.dx === own && !conv.args.addend && !conv.args.mask && to.isReadOnce(own)) {
    Object.assign(conv.args, { addend: own === a ? b : a, mask: target.mask, dx: target.buffer });
    return;
  }
  const count = to.batch * a.size;
  const args = { x: a, addend: b, mask: target.mask, y: target.buffer, relu: false, count };
  to.call(addition, args, groupsOf(count));
};
