import { sizeOf } from '../../../common/shapes.js';
import { segment } from '../../operations.js';
import type { LoweredNetwork } from '../../operations.js';
import { costOf } from '../../schedule/cost.js';
import { scheduleInference } from '../../schedule/record.js';
import { compile } from './compile.js';
import type { Engine } from './engine.js';
import type { Parameters } from './parameters.js';
import type { Program } from './program.js';
import type { PreparedFilters } from './winograd.js';

/** Layers `from` to `to` for batches of one size. */
export interface InferenceProgram {
  program: Program;
  /** Addresses. */
  inputs: number;
  outputs: number;
}

// What one layer yields for a batch should stay in the second cache.
const CACHED = 1 << 17; // floats
const MOST_AT_ONCE = 64;

// With fewer floating-point operations than this, waking a second thread takes longer than it saves.
const LITTLE_WORK = 1 << 21;

/** How many examples to run at once. */
export function batchOf({ boundaries }: Pick<LoweredNetwork, 'boundaries'>): number {
  const widest = Math.max(...boundaries.map(({ shape }) => sizeOf(shape)));
  return Math.max(4, Math.min(MOST_AT_ONCE, (CACHED / widest) & ~3));
}

/** Top-level layers `from` to `to`, one past the last, for so many examples at once. */
export interface InferenceRange {
  batch: number;
  from: number;
  to: number;
}

export function compileInference(
  engine: Engine,
  network: LoweredNetwork,
  weights: { parameters: Parameters; filters: PreparedFilters },
  { batch, from, to }: InferenceRange,
): InferenceProgram {
  const schedule = scheduleInference(segment(network, from, to));
  const work = schedule.steps.reduce((sum, step) => sum + costOf(step, batch).flops, 0);
  const threads = work < LITTLE_WORK ? 1 : engine.threads;
  const { program, at } = compile(engine, schedule, { batch, threads, ...weights });
  return { program, inputs: at(schedule.inputs.x), outputs: at(schedule.outputs.y) };
}
