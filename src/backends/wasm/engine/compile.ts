import { emit } from '../../schedule/emitters.js';
import type { Schedule, Step, VirtualBuffer } from '../../schedule/steps.js';
import type { Engine } from './engine.js';
import { emitters } from './emitters/table.js';
import type { Learning } from './emitters/update.js';
import type { Parameters } from './parameters.js';
import { Placement } from './placement.js';
import { ProgramBuilder } from './program-builder.js';
import type { Program } from './program.js';
import type { PreparedFilters } from './winograd.js';

export interface CompileOptions {
  /** Examples in the batch. */
  batch: number;
  threads: number;
  parameters: Parameters;
  /** For inference. */
  filters?: PreparedFilters;
  /** For schedules that learn. */
  learning?: Learning;
  /** Is told of each step once it is written, while its buffers have their places. */
  onStep?: (step: Step, builder: ProgramBuilder) => void;
}

/** A schedule in memory, for batches of one size. */
export interface Compiled {
  readonly program: Program;
  /** Address of what is written before a run, or read after it. */
  at(buffer: VirtualBuffer): number;
  readonly builder: ProgramBuilder;
}

/** Places a schedule's buffers in memory and writes its steps as kernel calls. */
export function compile(engine: Engine, schedule: Schedule<string, string>, options: CompileOptions): Compiled {
  const { batch, threads, parameters, filters, learning, onStep } = options;
  const placement = new Placement(schedule, batch, engine.heap);
  const builder = new ProgramBuilder({
    engine,
    batch,
    threads,
    parameters,
    placement,
    filters,
    gradients: learning?.gradients,
  });
  const table = emitters(learning);
  for (const [index, step] of schedule.steps.entries()) {
    placement.begin(index);
    emit(table, builder, step);
    onStep?.(step, builder);
    placement.end(index);
  }
  return { program: builder.finish(), at: (buffer) => placement.atEnd(buffer), builder };
}
