import { sizeOf } from '../../../common/shapes.js';
import { checkLength } from '../../check-length.js';
import { dropoutKey } from '../../dropout.js';
import type { Epoch, Learner, LearnerOptions, StepFit, StepResult } from '../../executor.js';
import { segment } from '../../operations.js';
import type { LoweredNetwork, Segment } from '../../operations.js';
import { OPTIMIZERS } from '../../optimizers.js';
import type { OptimizerRule } from '../../optimizers.js';
import { costOf } from '../../schedule/cost.js';
import { scheduleTraining } from '../../schedule/record.js';
import { compile } from './compile.js';
import { createDataset } from './dataset.js';
import type { DeviceDataset } from './dataset.js';
import { FLOAT_BYTES } from './gpu.js';
import type { Gpu } from './gpu.js';
import { createMemory, RESULTS } from './memory.js';
import type { Memory } from './memory.js';
import type { Parameters } from './parameters.js';
import type { Program } from './program.js';
import { takingTurns } from './turns.js';

/** A training step for batches of one size. */
interface TrainingProgram {
  readonly program: Program;
  readonly logits: number;
}

/**
 * A batch's place in the arena, which begins with so many of them: inputs, then targets. A submit has as many steps as
 * there are slots at most.
 */
interface Slots {
  readonly batch: number;
  readonly count: number;
}

// Floating-point operations of a submit: few enough for slow GPUs not to be stopped, and for an abort to be heard soon.
const MOST_WORK = 2 ** 33;
const MOST_STEPS = 200;
const MOST_SLOT_FLOATS = 1 << 22;

export const createLearner = (
  gpu: Gpu,
  network: LoweredNetwork,
  parameters: Parameters,
  options: LearnerOptions,
): Learner => new WebgpuLearner(gpu, network, parameters, options);

/** Learning by programs that hold a whole step, many of which are submitted at once. */
class WebgpuLearner implements Learner {
  private readonly part: Segment;
  private readonly size: number;
  private readonly width: number;
  private readonly rule: OptimizerRule;
  private readonly memory: Memory;
  private readonly programs = new Map<number, TrainingProgram>();
  private readonly turn = takingTurns();
  private slots: Slots = { batch: 0, count: 0 };
  private dataset: DeviceDataset | undefined;
  private steps = 0;
  private isDisposed = false;

  constructor(
    private readonly gpu: Gpu,
    network: LoweredNetwork,
    private readonly parameters: Parameters,
    private readonly options: LearnerOptions,
  ) {
    this.part = segment(network, options.from);
    this.size = sizeOf(this.part.input.shape);
    this.width = sizeOf(this.part.output.shape);
    this.rule = OPTIMIZERS[options.optimizer](options);
    this.memory = createMemory(gpu, parameters, this.rule.state.length);
  }

  step(inputs: Float32Array, targets: Float32Array, rate: number): Promise<StepResult> {
    return this.turn(async () => {
      const { gpu, memory, width } = this;
      const batch = targets.length / width;
      checkLength('inputs', inputs, batch * this.size);
      await this.prepare({ batch, count: 1 }, [batch], 1);
      this.write(0, inputs, targets);
      this.tell([rate], 0);
      const { program, logits } = this.program(batch);
      const ranges = [
        [memory.results, 0, RESULTS * FLOAT_BYTES],
        [memory.arena, FLOAT_BYTES * logits, FLOAT_BYTES * targets.length],
      ] as const;
      const [found = new Float32Array(), answers = new Float32Array()] = await gpu.run((encoder) => {
        const pass = encoder.beginComputePass();
        program.encode(pass, memory.bindings, 0);
        pass.end();
      }, ranges);
      return { loss: fitsOf(found)[0]?.loss ?? NaN, logits: answers };
    });
  }

  epoch(epoch: Epoch): Promise<StepFit[]> {
    return this.turn(async () => {
      const { batches } = epoch;
      const largest = Math.max(...batches);
      const dataset = await this.keep(epoch);
      const count = Math.min(batches.length, this.stepsAtOnce(largest));
      await this.prepare({ batch: largest, count }, batches, batches.length);
      const pending: Promise<Float32Array[]>[] = [];
      try {
        dataset?.begin(epoch.order);
        for (let first = 0; first < batches.length; first += count) {
          const last = Math.min(first + count, batches.length);
          if (!dataset) await this.fill(epoch, first, last);
          await pending.at(-2);
          const submitted = this.submit(epoch, first, last, dataset);
          submitted.catch(() => {}); // it is met when it is awaited
          pending.push(submitted);
          await epoch.onSteps(last, []);
        }
        const [found = new Float32Array()] = (await Promise.all(pending)).at(-1) ?? [];
        return fitsOf(found);
      } finally {
        await Promise.allSettled(pending);
      }
    });
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.forget();
    this.dataset?.dispose();
    this.memory.dispose();
  }

  /** The data set on the GPU, if the epoch has one that fits there. */
  private async keep({ examples }: Epoch): Promise<DeviceDataset | undefined> {
    if (this.dataset && this.dataset.examples !== examples) {
      this.dataset.dispose();
      this.dataset = undefined;
    }
    if (!examples || this.dataset) return this.dataset;
    const { result, checked } = this.gpu.guard(() => createDataset(this.gpu, examples, this.size, this.width));
    this.dataset = result;
    await this.gpu.settle(Promise.all([checked, result?.ready]), 'compiles');
    return result;
  }

  /** As many steps as one submit may have. */
  private stepsAtOnce(batch: number): number {
    const { steps } = scheduleTraining(this.part, this.options.loss ?? 'crossEntropy');
    const work = steps.reduce((sum, step) => sum + costOf(step, batch).flops, 0);
    const memory = MOST_SLOT_FLOATS / (batch * (this.size + this.width));
    return Math.max(1, Math.min(MOST_STEPS, Math.floor(MOST_WORK / work), Math.floor(memory)));
  }

  /** Makes room for slots, and programs for batches of these sizes. */
  private async prepare(wanted: Slots, batches: readonly number[], steps: number): Promise<void> {
    if (this.isDisposed) throw new Error('The learner was disposed of.');
    const { gpu, memory, slots } = this;
    const { result, checked } = gpu.guard(() => {
      if (wanted.batch > slots.batch || wanted.count > slots.count) {
        this.forget();
        this.slots = {
          batch: Math.max(wanted.batch, slots.batch),
          count: wanted.batch > slots.batch ? wanted.count : Math.max(wanted.count, slots.count),
        };
      }
      const programs = [...new Set(batches)].map((batch) => this.program(batch).program);
      const arena = Math.max(...programs.map(({ size }) => size));
      memory.reserve({ arena, slots: this.slots.count, steps });
      return programs;
    });
    const compiled = Promise.all(result.map((program) => program.ready()));
    compiled.catch(() => {}); // it is met below
    await gpu.settle(checked);
    await gpu.settle(compiled, 'compiles');
  }

  private forget(): void {
    for (const { program } of this.programs.values()) program.dispose();
    this.programs.clear();
  }

  private program(batch: number): TrainingProgram {
    const found = this.programs.get(batch) ?? this.compile(batch);
    this.programs.set(batch, found);
    return found;
  }

  private compile(batch: number): TrainingProgram {
    const { gpu, parameters, options, slots } = this;
    const schedule = scheduleTraining(this.part, options.loss ?? 'crossEntropy');
    const { x, targets } = schedule.inputs;
    const stride = this.slotFloats;
    const given = new Map([
      [x, { at: 0, stride }],
      [targets, { at: slots.batch * this.size, stride }],
    ]);
    const learning = { options, parameters };
    const base = slots.count * stride;
    const { program } = compile(gpu, schedule, { batch, parameters, learning, given, base });
    return { program, logits: program.at(schedule.outputs.y) };
  }

  private get slotFloats(): number {
    return this.slots.batch * (this.size + this.width);
  }

  /** Puts a batch into a slot. */
  private write(slot: number, inputs: Float32Array, targets: Float32Array): void {
    const { queue } = this.gpu.device;
    const at = FLOAT_BYTES * slot * this.slotFloats;
    queue.writeBuffer(this.memory.arena, at, inputs as Float32Array<ArrayBuffer>);
    const after = at + FLOAT_BYTES * this.slots.batch * this.size;
    queue.writeBuffer(this.memory.arena, after, targets as Float32Array<ArrayBuffer>);
  }

  /** Puts batches that are made anew into the slots, while the GPU is still busy with what came before. */
  private async fill(epoch: Epoch, first: number, last: number): Promise<void> {
    for (let step = first; step < last; step++) {
      const { inputs, targets } = await epoch.batch(step);
      this.write(step - first, inputs, targets);
    }
  }

  /** Tells the steps of the next submit their rates; `first` is the number of the first one in the epoch. */
  private tell(rates: readonly number[], first: number): void {
    const { weightDecay = 0, seed = 0 } = this.options;
    const words = rates.map((rate, i) => ({
      number: first + i,
      hyper: [rate, weightDecay, ...this.rule.hyper(++this.steps)],
      key: dropoutKey(seed, this.steps),
    }));
    this.memory.tell(words);
  }

  /** Steps `first` to `last` of an epoch; the last of them brings the results of all. */
  private submit(epoch: Epoch, first: number, last: number, dataset: DeviceDataset | undefined) {
    const { gpu, memory } = this;
    const { batches, rates } = epoch;
    this.tell(rates.slice(first, last), first);
    const bytes = batches.length * RESULTS * FLOAT_BYTES;
    return gpu.run(
      (encoder) => {
        const pass = encoder.beginComputePass();
        const { batch } = this.slots;
        dataset?.gather(pass, memory.arena, { batches, first, last, slotBatch: batch, slotFloats: this.slotFloats });
        for (let step = first; step < last; step++)
          this.program(batches[step] ?? 0).program.encode(pass, memory.bindings, step - first);
        pass.end();
      },
      last === batches.length ? [[memory.results, 0, bytes]] : [],
    );
  }
}

/** Results as they lie on the GPU, up to the first that is no finite number. */
function fitsOf(results: Float32Array): StepFit[] {
  const found: StepFit[] = [];
  for (let i = 0; i < results.length; i += RESULTS) {
    const [loss = NaN, right = -1] = results.subarray(i, i + RESULTS);
    const isSound = Number.isFinite(loss) && right >= 0;
    found.push({ loss: isSound ? loss : NaN, right: Math.max(0, right) });
    if (!isSound) break;
  }
  return found;
}
