import { shapeBefore } from '../../executor.js';
import type { Architecture, Executor, Learner, LearnerOptions, StepResult } from '../../executor.js';
import type { Engine } from './engine.js';
import { batchOf, compileInference } from './inference.js';
import type { InferenceProgram } from './inference.js';
import { FLOAT, sizeOf } from './layers.js';
import { createState } from './optimizers.js';
import { createParameters } from './parameters.js';
import type { Parameters } from './parameters.js';
import { compileTraining } from './training.js';
import type { TrainingProgram } from './training.js';

// Programs for batches of other sizes are kept too, but not many: each has memory of its own.
const MOST_PROGRAMS = 4;

/** A network on the engine: programs are made when first asked for, and run from then on. */
export class EngineExecutor implements Executor {
  private readonly parameters: Parameters;
  private readonly programs = new Map<string, InferenceProgram>();
  private readonly atOnce: number;

  constructor(
    private readonly engine: Engine,
    private readonly architecture: Architecture,
  ) {
    this.parameters = createParameters(engine.heap, architecture);
    this.atOnce = batchOf(architecture);
  }

  async infer(inputs: Float32Array, count: number, from: number, to: number): Promise<Float32Array> {
    if (to <= from) return inputs.slice();
    const size = sizeOf(shapeBefore(this.architecture, from));
    const width = sizeOf(shapeBefore(this.architecture, to));
    const outputs = new Float32Array(count * width);
    const { heap } = this.engine;
    for (let first = 0; first < count; first += this.atOnce) {
      const batch = Math.min(this.atOnce, count - first);
      const compiled = this.inference(batch, from, to);
      heap.floats(compiled.inputs, batch * size).set(inputs.subarray(first * size, (first + batch) * size));
      compiled.program.run();
      outputs.set(heap.floats(compiled.outputs, batch * width), first * width);
    }
    return outputs;
  }

  learner(options: LearnerOptions): Learner {
    const { engine, architecture, parameters } = this;
    return engine.heap.attempt(() => createLearner(engine, architecture, parameters, options));
  }

  async read(name: string): Promise<Float32Array> {
    return this.parameters.values(name).slice();
  }

  write(name: string, values: Float32Array): void {
    this.parameters.values(name).set(values);
  }

  dispose(): void {
    for (const { program } of this.programs.values()) program.dispose();
    this.programs.clear();
    this.parameters.dispose();
  }

  private inference(batch: number, from: number, to: number): InferenceProgram {
    const key = `${batch}:${from}:${to}`;
    const found = this.programs.get(key);
    if (found) {
      this.programs.delete(key); // so that it is the newest again
      this.programs.set(key, found);
      return found;
    }
    if (this.programs.size >= MOST_PROGRAMS) {
      const [oldest] = this.programs;
      oldest![1].program.dispose();
      this.programs.delete(oldest![0]);
    }
    const { engine, architecture, parameters } = this;
    const made = engine.heap.attempt(() => compileInference(engine, architecture, parameters, batch, from, to));
    this.programs.set(key, made);
    return made;
  }
}

function createLearner(
  engine: Engine,
  architecture: Architecture,
  parameters: Parameters,
  options: LearnerOptions,
): Learner {
  const { heap, threads } = engine;
  const shareBytes = FLOAT * parameters.count;
  const gradients = { at: heap.allocate(threads * parameters.count), shareBytes };
  const state = createState(heap, options, parameters.count);
  const programs = new Map<number, TrainingProgram>();
  const classes = sizeOf(architecture.shapes.at(-1)!);
  return {
    async step(inputs, truth, rate): Promise<StepResult> {
      const batch = truth.length / classes;
      let compiled = programs.get(batch);
      if (!compiled) {
        compiled = heap.attempt(() =>
          compileTraining(engine, architecture, parameters, gradients, batch, options, state),
        );
        programs.set(batch, compiled);
      }
      heap.floats(compiled.inputs, inputs.length).set(inputs);
      heap.floats(compiled.truth, truth.length).set(truth);
      state.advance(rate);
      compiled.program.run();
      const loss = heap.floats(compiled.loss, 1)[0]!;
      return { loss, logits: heap.floats(compiled.logits, truth.length).slice() };
    },
    dispose() {
      for (const { program } of programs.values()) program.dispose();
      programs.clear();
      heap.free(gradients.at);
      state.dispose();
    },
  };
}
