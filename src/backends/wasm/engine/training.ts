import { shapeBefore } from '../../executor.js';
import type { LearnerOptions } from '../../executor.js';
import { Builder } from './builder.js';
import type { Engine } from './engine.js';
import { sequence, sizeOf } from './layers.js';
import type { Context, Node } from './layers.js';
import { optimizerCalls } from './optimizers.js';
import type { OptimizerState } from './optimizers.js';
import type { Parameters } from './parameters.js';
import type { Program } from './program.js';
import type { Architecture } from '../../executor.js';

/** Gradients in memory, laid out as the parameters are: one such array for each share of the images. */
export interface Gradients {
  at: number;
  /** Bytes from one share's to the next one's. */
  shareBytes: number;
}

/** A training step for batches of one size. */
export interface TrainingProgram {
  program: Program;
  inputs: number;
  truth: number;
  logits: number;
  loss: number;
}

/**
 * Forward, loss, backward and update as one program.
 */
export function compileTraining(
  engine: Engine,
  architecture: Architecture,
  parameters: Parameters,
  gradients: Gradients,
  batch: number,
  { from, loss: lossName }: Pick<LearnerOptions, 'from' | 'loss'>,
  state: OptimizerState,
): TrainingProgram {
  const shape = shapeBefore(architecture, from);
  const builder = new Builder(engine, batch, engine.threads);
  const shared = new Set<string>();
  const gradient = (name: string) => {
    const at = parameters.at(name);
    return at && gradients.at + at - parameters.start;
  };
  const context: Context = {
    builder,
    training: true,
    weight: parameters.at,
    gradient,
    inShares: (...names) => names.forEach((name) => shared.add(name)),
    shareBytes: gradients.shareBytes,
  };
  const inputs = builder.take(sizeOf(shape));
  const network = sequence(context, architecture.spec.layers.slice(from), { at: inputs, shape, relu: false });
  const { truth, loss } = backward(builder, network, lossName);

  const learning = parameters.learning(from).map(({ name, at, size }) => ({
    at,
    gradient: gradient(name),
    size: Math.ceil(size / 4) * 4,
    shares: shared.has(name) ? builder.shares : 1,
  }));
  optimizerCalls(builder, learning, gradients.shareBytes, state, parameters.start);
  return { program: builder.finish(), inputs, truth, loss, logits: network.y.at };
}

function backward(builder: Builder, { y, backward }: Node, lossName: LearnerOptions['loss']) {
  const { batch } = builder;
  const size = sizeOf(y.shape);
  const [truth, gradient, loss] = [builder.take(size), builder.take(size), builder.allocate(1)];
  if (lossName === 'squaredError') builder.once(['f32_squared_error', y.at, truth, loss, gradient, batch * size]);
  else builder.once(['f32_softmax_cross_entropy', y.at, truth, loss, gradient, batch, size]);
  backward(gradient, undefined);
  return { truth, loss };
}
