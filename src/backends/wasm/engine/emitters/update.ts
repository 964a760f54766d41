import { FLOAT_BYTES } from '../heap.js';
import type { OptimizerState } from '../optimizers.js';
import type { Gradients, ProgramBuilder } from '../program-builder.js';

/** What a training step needs besides its schedule. */
export interface Learning {
  readonly gradients: Gradients;
  readonly state: OptimizerState;
  /** Address of the word that all masks of a step follow from; 0 if there is no dropout. */
  readonly key: number;
  /** First top-level layer that learns. */
  readonly from: number;
}

/** A range of parameters, with gradients that come in as many parts. */
interface Range {
  at: number;
  gradient: number;
  size: number;
  parts: number;
}

/** The update of all that learns, over as few ranges as the parts of the gradients allow. */
export function update(to: ProgramBuilder, { state, from }: Learning): void {
  const ranges = joined(to, from);
  const total = ranges.reduce((sum, { size }) => sum + size, 0);
  to.ranges(total, 16, ({ first, count }) => {
    let before = 0;
    return ranges.flatMap(({ at, gradient, size, parts }) => {
      const start = Math.max(0, first - before);
      const end = Math.min(size, first + count - before);
      before += size;
      if (end <= start) return [];
      const offset = FLOAT_BYTES * start;
      return state.step({
        ...{ w: at + offset, g: gradient + offset, offset: at + offset - to.parameters.start },
        ...{ count: end - start, parts, stride: to.gradients.stride },
      });
    });
  });
}

/** Neighbours in memory whose gradients come in as many parts. */
function joined(to: ProgramBuilder, from: number): Range[] {
  const ranges: Range[] = [];
  for (const { name, at, size } of to.parameters.learning(from)) {
    const last = ranges.at(-1);
    const parts = to.partsOf(name);
    if (last && last.parts === parts && last.at + FLOAT_BYTES * last.size === at) last.size += size;
    else ranges.push({ at, gradient: to.gradient(name), size, parts });
  }
  return ranges;
}
