// For `npm run explain`: what a schedule becomes on the GPU, which need not be there.

import { sizeOf } from '../../../common/shapes.js';
import type { OptimizerName } from '../../../types.js';
import { segment } from '../../operations.js';
import type { LoweredNetwork } from '../../operations.js';
import { scheduleInference, scheduleTraining } from '../../schedule/record.js';
import { callsOf } from './compile.js';
import { accesses, inPhases } from './program.js';
import type { Call } from './program-builder.js';

/** A kernel's part of a dispatch. */
export interface ExplainedCall {
  readonly kernel: string;
  readonly workgroups: number;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Of the arena that it reads and writes at least once, parameters apart. */
  readonly bytes: number;
}

export interface ExplainDispatchesOptions {
  readonly batch: number;
  readonly optimizer: OptimizerName;
  readonly isTraining: boolean;
}

/** The dispatches of a network's training step, or of an inference: their kernels run side by side. */
export function explainDispatches(
  network: LoweredNetwork,
  { batch, optimizer, isTraining }: ExplainDispatchesOptions,
): ExplainedCall[][] {
  const all = segment(network, 0);
  const learning = () =>
    network.parameters.filter(({ learns }) => learns).map(({ name, shape }) => ({ name, size: sizeOf(shape) }));
  const options = { optimizer, momentum: 0.9, from: 0 };
  const { calls } = isTraining
    ? callsOf(scheduleTraining(all, 'crossEntropy'), { batch, learning: { options, parameters: { learning } } })
    : callsOf(scheduleInference(all), { batch });
  return inPhases(calls).map((phase) => phase.map((call) => explainCall(call, batch)));
}

function explainCall(call: Call, batch: number): ExplainedCall {
  const { reads, writes } = accesses(call);
  const name = (one: (typeof reads)[0]) => (typeof one === 'string' ? one : one.name);
  const bytes = [...new Set([...reads, ...writes])].reduce(
    (sum, one) => sum + (typeof one === 'string' ? 0 : 4 * one.size * (one.isFixed ? 1 : batch)),
    0,
  );
  return { kernel: call.kernel.name, workgroups: call.groups, reads: reads.map(name), writes: writes.map(name), bytes };
}
