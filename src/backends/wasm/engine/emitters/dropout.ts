import { dropoutThreshold } from '../../../dropout.js';
import type { Dropout } from '../../../operations.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import type { VirtualBuffer } from '../../../schedule/steps.js';
import type { ProgramBuilder } from '../program-builder.js';

/** y = x where the mask of this step keeps it; the gradient makes the same mask again. @param key Its address. */
export function dropout(key: number): OperationEmitter<'dropout', ProgramBuilder> {
  return {
    forward: (to, { operation, x, y }) => write(to, operation, x, y, undefined),
    gradient: (to, { operation, dy, dx }) => write(to, operation, dy, dx.buffer, dx.mask),
  };

  function write(
    to: ProgramBuilder,
    { rate, site }: Pick<Dropout, 'rate' | 'site'>,
    x: VirtualBuffer,
    y: VirtualBuffer,
    mask: VirtualBuffer | undefined,
  ): void {
    if (!key) throw new Error('A schedule with dropout needs a key.');
    const scale = to.constants([1 / (1 - rate)]);
    to.images(({ first, count }) => [
      {
        kernel: 'f32_dropout',
        ...{ x: to.at(x, first), mask: to.at(mask, first), key, scale, y: to.at(y, first) },
        ...{ count: count * x.size, first: first * x.size, site, threshold: dropoutThreshold(rate) },
      },
    ]);
  }
}
