import { sizeOf } from '../../../common/shapes.js';
import type { Executor, Learner, LearnerOptions } from '../../executor.js';
import { boundary } from '../../operations.js';
import type { LoweredNetwork } from '../../operations.js';
import { checkLength } from '../../check-length.js';
import type { Engine } from './engine.js';
import { batchOf, compileInference } from './inference.js';
import type { InferenceProgram, InferenceRange } from './inference.js';
import { createLearner } from './learner.js';
import { createParameters } from './parameters.js';
import type { Parameters } from './parameters.js';
import { prepareFilters } from './winograd.js';
import type { PreparedFilters } from './winograd.js';

// Programs for batches of other sizes are kept too, but not many: each has memory of its own.
const MOST_PROGRAMS = 4;

/** A network on the engine: programs are made when first asked for, and run from then on. */
export class WasmExecutor implements Executor {
  private readonly parameters: Parameters;
  private readonly programs = new Map<string, InferenceProgram>();
  private readonly atOnce: number;
  private filters: PreparedFilters | undefined;
  private isDisposed = false;

  constructor(
    private readonly engine: Engine,
    private readonly network: LoweredNetwork,
  ) {
    this.parameters = createParameters(engine.heap, network);
    this.atOnce = batchOf(network);
  }

  async infer(inputs: Float32Array, count: number, from: number, to: number): Promise<Float32Array> {
    const size = sizeOf(boundary(this.network, from).shape);
    checkLength('inputs', inputs, count * size);
    if (to <= from) return inputs.slice();
    const width = sizeOf(boundary(this.network, to).shape);
    const outputs = new Float32Array(count * width);
    const { heap } = this.engine;
    for (let first = 0; first < count; first += this.atOnce) {
      const batch = Math.min(this.atOnce, count - first);
      const compiled = this.inference({ batch, from, to });
      heap.floats(compiled.inputs, batch * size).set(inputs.subarray(first * size, (first + batch) * size));
      this.filters?.refresh();
      compiled.program.run();
      outputs.set(heap.floats(compiled.outputs, batch * width), first * width);
    }
    return outputs;
  }

  learner(options: LearnerOptions): Learner {
    const { engine, network, parameters } = this;
    return engine.heap.attempt(() => createLearner(engine, network, parameters, options));
  }

  async read(name: string): Promise<Float32Array> {
    return this.parameters.values(name).slice();
  }

  write(name: string, values: Float32Array): void {
    const parameter = this.parameters.values(name);
    checkLength(name, values, parameter.length);
    parameter.set(values);
    this.parameters.changed();
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    for (const { program } of this.programs.values()) program.dispose();
    this.programs.clear();
    this.filters?.dispose();
    this.parameters.dispose();
  }

  private inference(range: InferenceRange): InferenceProgram {
    const key = `${this.engine.threads}:${range.batch}:${range.from}:${range.to}`;
    const program = this.programs.get(key) ?? this.compile(range);
    this.programs.delete(key); // so that it is the newest again
    this.programs.set(key, program);
    return program;
  }

  private compile(range: InferenceRange): InferenceProgram {
    const [oldest] = this.programs;
    if (oldest && this.programs.size >= MOST_PROGRAMS) {
      oldest[1].program.dispose();
      this.programs.delete(oldest[0]);
    }
    const { engine, network, parameters } = this;
    const { heap } = engine;
    const filters = (this.filters ??= heap.attempt(() => prepareFilters(engine, network, parameters)));
    return heap.attempt(() => compileInference(engine, network, { parameters, filters }, range));
  }
}
