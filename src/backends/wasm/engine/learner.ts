import { sizeOf } from '../../../common/shapes.js';
import { dropoutKey } from '../../dropout.js';
import type { Learner, LearnerOptions } from '../../executor.js';
import { segment } from '../../operations.js';
import type { LoweredNetwork } from '../../operations.js';
import { scheduleTraining } from '../../schedule/record.js';
import { stepByStep } from '../../step-by-step.js';
import { checkLength } from '../../check-length.js';
import { compile } from './compile.js';
import type { Engine } from './engine.js';
import { FLOAT_BYTES } from './heap.js';
import { createState } from './optimizers.js';
import type { Parameters } from './parameters.js';
import type { Program } from './program.js';

/** A training step for batches of one size; the rest are addresses. */
interface TrainingProgram {
  program: Program;
  inputs: number;
  targets: number;
  logits: number;
  loss: number;
}

/** Learning by programs that hold a whole step: forward, loss, backward and update. */
export function createLearner(
  engine: Engine,
  network: LoweredNetwork,
  parameters: Parameters,
  options: LearnerOptions,
): Learner {
  const { heap, threads } = engine;
  const { from, loss: lossName = 'crossEntropy', seed = 0 } = options;
  const gradients = { at: heap.allocate(threads * parameters.count), stride: FLOAT_BYTES * parameters.count };
  const state = createState(heap, options, parameters.count);
  const programs = new Map<number, TrainingProgram>();
  const part = segment(network, from);
  const [size, width] = [sizeOf(part.input.shape), sizeOf(part.output.shape)];
  const key = part.operations.some(({ kind }) => kind === 'dropout') ? heap.allocate(1) : 0;
  let steps = 0;
  let isDisposed = false;

  const compileStep = (batch: number): TrainingProgram => {
    const schedule = scheduleTraining(part, lossName);
    const learning = { gradients, state, key, from };
    const { program, at } = compile(engine, schedule, { batch, threads, parameters, learning });
    const { inputs, outputs } = schedule;
    return {
      program,
      inputs: at(inputs.x),
      targets: at(inputs.targets),
      logits: at(outputs.y),
      loss: at(outputs.loss),
    };
  };
  const programFor = (batch: number): TrainingProgram => {
    const found = programs.get(batch) ?? heap.attempt(() => compileStep(batch));
    programs.set(batch, found);
    return found;
  };

  const learner: Learner = {
    async step(inputs, targets, rate) {
      const batch = targets.length / width;
      checkLength('inputs', inputs, batch * size);
      const step = programFor(batch);
      heap.floats(step.inputs, inputs.length).set(inputs);
      heap.floats(step.targets, targets.length).set(targets);
      state.advance(rate);
      if (key) heap.words(key, 1)[0] = dropoutKey(seed, ++steps);
      step.program.run();
      parameters.changed();
      const [loss = NaN] = heap.floats(step.loss, 1);
      return { loss, logits: heap.floats(step.logits, targets.length).slice() };
    },
    epoch: (epoch) => stepByStep(learner, epoch),
    dispose() {
      if (isDisposed) return;
      isDisposed = true;
      for (const { program } of programs.values()) program.dispose();
      programs.clear();
      heap.free(gradients.at);
      heap.free(key);
      state.dispose();
    },
  };
  return learner;
}
