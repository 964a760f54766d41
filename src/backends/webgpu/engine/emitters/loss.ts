import type { Emitters } from '../../../schedule/emitters.js';
import type { LossStep, VirtualBuffer } from '../../../schedule/steps.js';
import { loss as byExample, LOSSES, meanLoss } from '../kernels/loss.js';
import { LANES } from '../kernel.js';
import type { ProgramBuilder } from '../program-builder.js';

const emit = (to: ProgramBuilder, step: LossStep): void => {
  const { operation, output: y, targets, dy } = step;
  const { batch } = to;
  const rows = rowsOf(to);
  const sizes = { batch, width: y.size, kind: LOSSES[operation.kind] };
  to.call(byExample, { y, targets, dy, rows, ...sizes }, Math.ceil(batch / LANES));
  summarise(to, step, rows);
};

/** Losses and their gradients. */
export const losses: Emitters<ProgramBuilder>['losses'] = { softmaxCrossEntropy: emit, squaredError: emit };

/** Of each example the loss, and whether it was right. */
export const rowsOf = (to: ProgramBuilder): VirtualBuffer => to.workspace('losses', 2);

/** Makes a step's results of those of its examples; nobody waits for it. */
export function summarise(to: ProgramBuilder, { loss }: LossStep, rows: VirtualBuffer): void {
  to.call(meanLoss, { rows, loss, batch: to.batch }, 1);
}
