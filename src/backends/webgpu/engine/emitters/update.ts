import type { LearnerOptions } from '../../../executor.js';
import { UPDATED_AT_ONCE, updateBy } from '../kernels/update.js';
import type { Parameters } from '../parameters.js';
import type { ProgramBuilder } from '../program-builder.js';

/** What a training step needs besides its schedule. */
export interface Learning {
  readonly options: LearnerOptions;
  readonly parameters: Pick<Parameters, 'learning'>;
}

/** The update of all that learns, in one dispatch. */
export function update(to: ProgramBuilder, { options, parameters }: Learning): void {
  const kernel = updateBy(options);
  for (const { name, size } of parameters.learning(options.from)) {
    const gradient = to.gradients.get(name);
    if (!gradient) throw new Error(`Nothing computes the gradient of '${name}'.`);
    const { parts, stride } = gradient;
    to.call(kernel, { w: name, g: gradient, parts, stride, count: size }, Math.ceil(size / UPDATED_AT_ONCE));
  }
}
