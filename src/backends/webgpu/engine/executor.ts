import { sizeOf } from '../../../common/shapes.js';
import { checkLength } from '../../check-length.js';
import type { Executor, Learner, LearnerOptions } from '../../executor.js';
import { boundary, segment } from '../../operations.js';
import type { LoweredNetwork } from '../../operations.js';
import { scheduleInference } from '../../schedule/record.js';
import { compile } from './compile.js';
import { FLOAT_BYTES } from './gpu.js';
import type { Gpu } from './gpu.js';
import { createLearner } from './learner.js';
import { createMemory } from './memory.js';
import type { Memory } from './memory.js';
import { createParameters } from './parameters.js';
import type { Parameters } from './parameters.js';
import type { Program } from './program.js';
import { takingTurns } from './turns.js';

// Programs for batches of other sizes are kept too, but not many.
const MOST_PROGRAMS = 4;

interface InferenceProgram {
  readonly program: Program;
  readonly output: number;
}

/** A network on the GPU: programs are made when first asked for, and run from then on. */
export class WebgpuExecutor implements Executor {
  private readonly parameters: Parameters;
  private readonly memory: Memory;
  private readonly programs = new Map<string, InferenceProgram>();
  private readonly turn = takingTurns();

  constructor(
    private readonly gpu: Gpu,
    private readonly network: LoweredNetwork,
  ) {
    this.parameters = createParameters(gpu, network);
    this.memory = createMemory(gpu, this.parameters);
  }

  async infer(inputs: Float32Array | GPUBuffer, count: number, from: number, to: number): Promise<Float32Array> {
    if (inputs instanceof Float32Array) {
      checkLength('inputs', inputs, count * sizeOf(boundary(this.network, from).shape));
      if (to <= from || count === 0) return inputs.slice();
    }
    return this.turn(async () => {
      const { gpu, memory } = this;
      const { result, checked } = gpu.guard(() => {
        const found = this.inference(count, from, to);
        memory.reserve({ arena: found.program.size, slots: 1, steps: 1 });
        memory.tell([{ number: 0, hyper: [] }]);
        if (inputs instanceof Float32Array)
          gpu.device.queue.writeBuffer(memory.arena, 0, inputs as Float32Array<ArrayBuffer>);
        return found;
      });
      const compiled = result.program.ready();
      compiled.catch(() => {}); // it is met below
      await gpu.settle(checked);
      await gpu.settle(compiled, 'compiles');
      const width = sizeOf(boundary(this.network, to).shape);
      const [outputs] = await gpu.run(
        (encoder) => {
          if (!(inputs instanceof Float32Array)) encoder.copyBufferToBuffer(inputs, 0, memory.arena, 0, inputs.size);
          const pass = encoder.beginComputePass();
          result.program.encode(pass, memory.bindings, 0);
          pass.end();
        },
        [[memory.arena, FLOAT_BYTES * result.output, FLOAT_BYTES * count * width]],
      );
      return outputs!;
    });
  }

  learner(options: LearnerOptions): Learner {
    return createLearner(this.gpu, this.network, this.parameters, options);
  }

  read(name: string): Promise<Float32Array> {
    return this.parameters.read(name);
  }

  write(name: string, values: Float32Array): void {
    this.parameters.write(name, values);
  }

  dispose(): void {
    for (const { program } of this.programs.values()) program.dispose();
    this.programs.clear();
    this.memory.dispose();
    this.parameters.dispose();
  }

  private inference(batch: number, from: number, to: number): InferenceProgram {
    const key = `${batch}:${from}:${to}`;
    const found = this.programs.get(key) ?? this.compile(batch, from, to);
    this.programs.delete(key); // so that it is the newest again
    this.programs.set(key, found);
    return found;
  }

  private compile(batch: number, from: number, to: number): InferenceProgram {
    const [oldest] = this.programs;
    if (oldest && this.programs.size >= MOST_PROGRAMS) {
      oldest[1].program.dispose();
      this.programs.delete(oldest[0]);
    }
    const { gpu, network, parameters } = this;
    const schedule = scheduleInference(segment(network, from, to));
    const { x, y } = { ...schedule.inputs, ...schedule.outputs };
    const given = new Map([[x, { at: 0, stride: 0 }]]);
    const { program } = compile(gpu, schedule, { batch, parameters, given, base: batch * x.size });
    return { program, output: program.at(y) };
  }
}
