import type { Architecture } from '../../models/lowering/lower.js';
import { badOption } from '../../common/messages.js';
import type { OptimizerName } from '../../types.js';

/** Which optimizers know these options. */
const KNOWN_TO = { momentum: ['momentum', 'nesterov', 'rmsprop'], centered: ['rmsprop'] } as const;

interface Given {
  batchSize?: number | undefined;
  momentum?: number | undefined;
  centered?: boolean | undefined;
}

export const hasBatchNorm = ({ parameters }: Architecture): boolean =>
  parameters.some(({ kind }) => kind === 'runningMean');

/**
 * Refuses options that would silently do nothing, or harm.
 * @param learnsBatchNorm Whether batch norm is among what learns.
 * @throws {HandfulError} `bad-argument`
 */
export function checkOptions(given: Given, optimizer: OptimizerName, learnsBatchNorm: boolean): void {
  if (given.batchSize === 1 && learnsBatchNorm)
    badOption('batchSize', 'at least 2 for a network with batch norm, which one example tells no variance', 1);
  for (const name of ['momentum', 'centered'] as const) {
    const optimizers: readonly OptimizerName[] = KNOWN_TO[name];
    if (given[name] !== undefined && !optimizers.includes(optimizer))
      badOption(name, `effect with ${optimizers.join(', ')} only, and the optimizer is ${optimizer}`, given[name]);
  }
}
