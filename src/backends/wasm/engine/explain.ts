import { segment } from '../../operations.js';
import type { LoweredNetwork } from '../../operations.js';
import { bytesOf, costOf } from '../../schedule/cost.js';
import { lifetimes } from '../../schedule/lifetimes.js';
import { scheduleInference, scheduleTraining } from '../../schedule/record.js';
import { accesses } from '../../schedule/steps.js';
import type { Step, VirtualBuffer } from '../../schedule/steps.js';
import type { OptimizerName } from '../../../types.js';
import type { KernelCall } from '../kernel-call.js';
import { compile } from './compile.js';
import type { Learning } from './emitters/update.js';
import { startEngine } from './engine.js';
import type { Engine } from './engine.js';
import { FLOAT_BYTES } from './heap.js';
import { createState } from './optimizers.js';
import { createParameters } from './parameters.js';
import type { Parameters } from './parameters.js';
import type { ProgramBuilder } from './program-builder.js';

export interface ExplainOptions {
  batch: number;
  threads: number;
  optimizer: OptimizerName;
  isTraining: boolean;
}

/** What the engine makes of a network, for people to read: `npm run explain`. Not part of what users download. */
export async function explainProgram(network: LoweredNetwork, options: ExplainOptions) {
  const { batch, threads, isTraining } = options;
  const engine = await startEngine(1);
  const { heap } = engine;
  const before = heap.used;
  const parameters = createParameters(heap, network);
  const part = segment(network, 0);
  const schedule = isTraining ? scheduleTraining(part, 'crossEntropy') : scheduleInference(part);
  const learning = isTraining ? learningOf(engine, parameters, options) : undefined;
  const trace = new Trace();
  const onStep = (step: Step, builder: ProgramBuilder) => trace.note(step, builder);
  const { program } = compile(engine, schedule, { batch, threads, parameters, ...(learning && { learning }), onStep });
  const heapBytes = heap.used - before;
  program.dispose();
  learning?.state.dispose();
  engine.stop();

  const steps = schedule.steps.map((step) => {
    const { reads, writes } = accesses(step);
    return {
      pass: step.pass,
      operation: 'operation' in step ? ('name' in step.operation ? step.operation.name : step.operation.kind) : '',
      reads: reads.map(({ name }) => name),
      writes: writes.map(({ name }) => name),
      ...costOf(step, batch),
      ...trace.of(step),
    };
  });
  const buffers = [...lifetimes(schedule)].map(([buffer, { first, last }]) => ({
    name: buffer.name,
    ...{ first, last, bytes: bytesOf(buffer, batch), address: trace.addresses.get(buffer) ?? 0 },
  }));
  return { steps, buffers, flops: steps.reduce((sum, { flops }) => sum + flops, 0), heapBytes };
}

function learningOf({ heap }: Engine, { count }: Parameters, { threads, optimizer }: ExplainOptions): Learning {
  const gradients = { at: heap.allocate(threads * count), stride: FLOAT_BYTES * count };
  return {
    gradients,
    state: createState(heap, { optimizer, momentum: 0.9, from: 0 }, count),
    key: heap.allocate(1),
    from: 0,
  };
}

/** Notes where each step's buffers lie, and which phases and kernels it is written to. */
class Trace {
  readonly addresses = new Map<VirtualBuffer, number>();
  private readonly found = new Map<Step, { phases: string; kernels: string[] }>();
  private readonly seen = new Set<KernelCall>();

  note(step: Step, builder: ProgramBuilder): void {
    const { reads, writes } = accesses(step);
    for (const buffer of [...reads, ...writes]) this.addresses.set(buffer, builder.at(buffer));
    const kernels = new Set<string>();
    const phases = new Set<number>();
    for (const [phase, threads] of builder.calls.entries())
      for (const call of threads.flat()) {
        if (this.seen.has(call)) continue;
        this.seen.add(call);
        phases.add(phase + 1);
        kernels.add(call.kernel);
      }
    this.found.set(step, { phases: [...phases].join(', '), kernels: [...kernels] });
  }

  of(step: Step): { phases: string; kernels: string[] } {
    return this.found.get(step) ?? { phases: '', kernels: [] };
  }
}
