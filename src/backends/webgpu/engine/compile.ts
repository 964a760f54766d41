import { emit } from '../../schedule/emitters.js';
import type { Schedule, Step, VirtualBuffer } from '../../schedule/steps.js';
import { emitStack, stacked } from './emitters/stack.js';
import { emitters } from './emitters/table.js';
import type { Learning } from './emitters/update.js';
import type { Gpu } from './gpu.js';
import type { Parameters } from './parameters.js';
import { ProgramBuilder } from './program-builder.js';
import type { GradientPlace } from './program-builder.js';
import { createProgram } from './program.js';
import type { Place, Program } from './program.js';

export interface CompileOptions {
  /** Examples in the batch. */
  readonly batch: number;
  readonly parameters: Parameters;
  /** For schedules that learn. */
  readonly learning?: Learning;
  /** Where buffers lie that are written before a run. */
  readonly given?: ReadonlyMap<VirtualBuffer, Place>;
  /** Where the arena is free, in numbers. Default: from the start. */
  readonly base?: number;
}

/** A schedule as dispatches, for batches of one size. */
export interface Compiled {
  readonly program: Program;
  /** Where gradients of parameters lie; good after a run of a schedule that does not update. */
  readonly gradients: ReadonlyMap<string, GradientPlace>;
}

/** Writes a schedule's steps as kernel calls. */
export function callsOf(
  schedule: Schedule<string, string>,
  { batch, learning }: Pick<CompileOptions, 'batch' | 'learning'>,
): ProgramBuilder {
  const builder = new ProgramBuilder(batch, readers(schedule));
  const table = emitters(learning);
  for (const step of stacked(schedule.steps, batch)) {
    if (step.pass === 'stack') emitStack(builder, step);
    else emit(table, builder, step);
  }
  return builder;
}

/** Those calls as dispatches. */
export function compile(gpu: Gpu, schedule: Schedule<string, string>, options: CompileOptions): Compiled {
  const { batch, parameters, given = new Map<VirtualBuffer, Place>(), base = 0 } = options;
  const builder = callsOf(schedule, options);
  const isUpdated = schedule.steps.some(({ pass }) => pass === 'update');
  const gradients = isUpdated ? [] : [...builder.gradients.values()].map(({ buffer }) => buffer);
  const results = [...Object.values(schedule.outputs), ...gradients];
  const program = createProgram(gpu, builder.calls, { batch, parameters, given, results, base });
  return { program, gradients: builder.gradients };
}

/** How many steps take each buffer: as what they work on, not as a mask or as what a gradient follows from. */
function readers({ steps, outputs }: Schedule<string, string>): Map<VirtualBuffer, number> {
  const found = new Map<VirtualBuffer, number>();
  for (const buffer of [...steps.flatMap(takenBy), ...Object.values(outputs)])
    if (buffer) found.set(buffer, (found.get(buffer) ?? 0) + 1);
  return found;
}

function takenBy(step: Step): (VirtualBuffer | undefined)[] {
  switch (step.pass) {
    case 'forward':
      return [step.x, step.addend];
    case 'loss':
      return [step.output];
    case 'sum':
      return [step.a, step.b];
    case 'update':
      return [];
    default:
      return [step.dy];
  }
}
