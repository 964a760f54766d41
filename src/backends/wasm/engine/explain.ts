import { segment } from '../../operations.js';
import type { LoweredNetwork } from '../../operations.js';
import { bytesOf, costOf } from '../../schedule/cost.js';
import { lifetimes } from '../../schedule/lifetimes.js';
import { scheduleInference, scheduleTraining } from '../../schedule/record.js';
import { accesses } from '../../schedule/steps.js';
import type { Step } from '../../schedule/steps.js';
import type { OptimizerName } from '../../../types.js';
import { compile } from './compile.js';
import { startEngine } from './engine.js';
import { FLOAT } from './heap.js';
import { createState } from './optimizers.js';
import { createParameters } from './parameters.js';
import type { ProgramBuilder } from './program-builder.js';

export interface ExplainOptions {
  batch: number;
  threads: number;
  optimizer: OptimizerName;
  isTraining: boolean;
}

/** What the engine makes of a network, for people to read: `npm run explain`. Not part of what users download. */
export async function explainProgram(network: LoweredNetwork, options: ExplainOptions) {
  const { batch, threads, optimizer, isTraining } = options;
  const engine = await startEngine(1);
  const { heap } = engine;
  const parameters = createParameters(heap, network);
  const part = segment(network, 0);
  const schedule = isTraining ? scheduleTraining(part, 'crossEntropy') : scheduleInference(part);
  const gradients = { at: heap.allocate(threads * parameters.count), stride: FLOAT * parameters.count };
  const state = createState(heap, { optimizer, momentum: 0.9, from: 0 }, parameters.count);
  const calls = new CallCounter();
  const learning = { gradients, state, from: 0 };
  const onStep = (step: Step, builder: ProgramBuilder) => calls.count(step, builder);
  const { at, program } = compile(engine, schedule, { batch, threads, parameters, learning, onStep });
  const steps = schedule.steps.map((step) => {
    const { reads, writes } = accesses(step);
    return {
      pass: step.pass,
      operation: 'operation' in step ? ('name' in step.operation ? step.operation.name : step.operation.kind) : '',
      reads: reads.map(({ name }) => name),
      writes: writes.map(({ name }) => name),
      ...costOf(step, batch),
      ...calls.of(step),
    };
  });
  const buffers = [...lifetimes(schedule)].map(([buffer, { first, last }]) => ({
    name: buffer.name,
    ...{ first, last, bytes: bytesOf(buffer, batch), address: at(buffer) },
  }));
  const heapBytes = heap.used;
  program.dispose();
  return { steps, buffers, flops: steps.reduce((sum, { flops }) => sum + flops, 0), heapBytes };
}

/** Which phases and kernels each step is written to. */
class CallCounter {
  private readonly found = new Map<Step, { phases: string; kernels: string[] }>();
  private readonly before: number[] = [];

  count(step: Step, { calls }: ProgramBuilder): void {
    const kernels = new Set<string>();
    const phases: number[] = [];
    for (const [phase, threads] of calls.entries()) {
      const [first = []] = threads;
      const added = first.slice(this.before[phase] ?? 0);
      if (added.length > 0) phases.push(phase + 1);
      for (const { kernel } of added) kernels.add(kernel);
      this.before[phase] = first.length;
    }
    this.found.set(step, { phases: phases.join(', '), kernels: [...kernels] });
  }

  of(step: Step): { phases: string; kernels: string[] } {
    return this.found.get(step) ?? { phases: '', kernels: [] };
  }
}
