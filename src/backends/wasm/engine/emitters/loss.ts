import type { Emitters } from '../../../schedule/emitters.js';
import type { LossStep } from '../../../schedule/steps.js';
import type { ProgramBuilder } from '../program-builder.js';

/** Losses and their gradients are little work, which one thread does. */
export const losses: Emitters<ProgramBuilder>['losses'] = {
  softmaxCrossEntropy(to, step) {
    const { targets, loss, gradient } = addresses(to, step);
    const sizes = { rows: to.batch, columns: step.output.size };
    to.once({ kernel: 'f32_softmax_cross_entropy', logits: to.at(step.output), targets, loss, gradient, ...sizes });
  },

  squaredError(to, step) {
    const count = to.batch * step.output.size;
    to.once({ kernel: 'f32_squared_error', y: to.at(step.output), ...addresses(to, step), count });
  },
};

const addresses = (to: ProgramBuilder, { targets, loss, dy }: LossStep) => ({
  targets: to.at(targets),
  loss: to.at(loss),
  gradient: to.at(dy),
});
