import { shapeBefore } from '../../executor.js';
import type { Architecture } from '../../executor.js';
import { Builder } from './builder.js';
import type { Engine } from './engine.js';
import { sequence, sizeOf } from './layers.js';
import type { Parameters } from './parameters.js';
import type { Program } from './program.js';

/** Layers `from` to `to` for batches of one size. */
export interface InferenceProgram {
  program: Program;
  inputs: number;
  outputs: number;
}

// What one layer yields for a batch should stay in the second cache.
const CACHED = 1 << 17; // floats
const MOST_AT_ONCE = 64;

// Below so many parameters times examples a second thread costs more than it does.
const FEW = 1 << 20;

/** How many examples to run at once. */
export function batchOf({ spec, shapes }: Architecture): number {
  const widest = Math.max(...[spec.input, ...shapes].map(sizeOf));
  return Math.max(4, Math.min(MOST_AT_ONCE, (CACHED / widest) & ~3));
}

export function compileInference(
  engine: Engine,
  architecture: Architecture,
  parameters: Parameters,
  batch: number,
  from: number,
  to: number,
): InferenceProgram {
  const shape = shapeBefore(architecture, from);
  const work = batch * architecture.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const builder = new Builder(engine, batch, work < FEW ? 1 : engine.threads);
  const inputs = builder.take(sizeOf(shape));
  const { y } = sequence(
    {
      builder,
      training: false,
      weight: parameters.at,
      gradient: () => 0,
      inShares: () => {},
      shareBytes: 0,
    },
    architecture.spec.layers.slice(from, to),
    { at: inputs, shape, relu: false },
  );
  return { program: builder.finish(), inputs, outputs: y.at };
}
