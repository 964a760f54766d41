import { dropoutThreshold } from '../../../dropout.js';
import type { Dropout } from '../../../operations.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import type { VirtualBuffer } from '../../../schedule/steps.js';
import { dropout as masking } from '../kernels/dropout.js';
import { groupsOf } from '../kernels/elementwise.js';
import type { ProgramBuilder } from '../program-builder.js';

/** y = x where the mask of this step keeps it; the gradient makes the same mask again. */
export const dropout: OperationEmitter<'dropout', ProgramBuilder> = {
  forward: (to, { operation, x, y }) => write(to, operation, { x, mask: undefined, y }),
  gradient: (to, { operation, dy, dx }) => write(to, operation, { x: dy, mask: dx.mask, y: dx.buffer }),
};

function write(
  to: ProgramBuilder,
  { rate, site }: Pick<Dropout, 'rate' | 'site'>,
  buffers: { x: VirtualBuffer; mask: VirtualBuffer | undefined; y: VirtualBuffer },
): void {
  const count = to.batch * buffers.x.size;
  const threshold = dropoutThreshold(rate);
  to.call(masking, { ...buffers, scale: 1 / (1 - rate), site, threshold, count }, groupsOf(count));
}
