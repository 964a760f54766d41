// What a device does for a network: it holds the parameters, infers and learns.

import type { LossName, OptimizerName } from '../types.js';

/** A network on a device; it owns what it holds there until `dispose`. */
export interface Executor {
  /**
   * Runs top-level layers `from` to `to` (one past the last) over a batch, which is standardised.
   * @param inputs [count, ...] of layer `from`; a buffer only where it is one of this device's.
   * @throws {HandfulError} `backend-lost`
   */
  infer(inputs: Float32Array | GPUBuffer, count: number, from: number, to: number): Promise<Float32Array>;
  learner(options: LearnerOptions): Learner;
  /** A copy of a parameter's values. */
  read(name: string): Promise<Float32Array>;
  write(name: string, values: Float32Array): void;
  dispose(): void;
}

export interface LearnerOptions {
  optimizer: OptimizerName;
  /** For `momentum`, `nesterov` and `rmsprop`. */
  momentum: number;
  /** For `rmsprop`: divides by the gradient's standard deviation instead of its root mean square. Default false. */
  centered?: boolean;
  /** Default 0. */
  weightDecay?: number;
  /** Of dropout's masks; default 0. */
  seed?: number;
  /** The mean over the batch, and for squared errors over the values of each example too. Default `crossEntropy`. */
  loss?: LossName;
  /** First top-level layer that learns; inputs are those of that layer. */
  from: number;
}

/** Changes a network's parameters along their gradients; owns the optimizer's state until `dispose`. */
export interface Learner {
  /**
   * Forward, backward and update for one batch.
   * @param inputs [N, ...] of the first layer that learns.
   * @param targets [N, classes], rows that sum to 1; for squared errors [N, values].
   * @throws {HandfulError} `backend-lost`
   */
  step(inputs: Float32Array, targets: Float32Array, rate: number): Promise<StepResult>;
  /**
   * Many steps, one after the other; ends early with one whose loss is not a finite number.
   * @returns What each step found, in order.
   * @throws {HandfulError} `backend-lost`, and what the epoch's own functions throw.
   */
  epoch(epoch: Epoch): Promise<StepFit[]>;
  dispose(): void;
}

/** A pass over a data set. */
export interface Epoch {
  /** Which examples are shown, in order; `batches` says how many of them each step takes, `rates` its learning rate. */
  readonly order: Uint32Array;
  readonly batches: readonly number[];
  readonly rates: readonly number[];
  /** The data set, if its examples are shown as they are: as long as it is the same object, a device may keep it. */
  readonly examples: Examples | undefined;
  /** A step's examples; asked for step by step. A device that keeps the data set does without. */
  batch(step: number): Promise<Examples>;
  /** Told how many steps are done, and what those that ended since the last time found, if that is known yet. */
  onSteps(done: number, found: readonly StepFit[]): Promise<void>;
}

/** Inputs [N, ...] of the first layer that learns, and targets [N, classes] or [N, values], flat. */
export interface Examples {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

/** How well a step's examples were known, before the update. */
export interface StepFit {
  /** Mean over the batch. */
  readonly loss: number;
  /** Examples whose greatest logit is that of their greatest target. */
  readonly right: number;
}

export interface StepResult {
  /** Mean over the batch, before the update. */
  loss: number;
  /** [N, classes], before the update; for squared errors the values. */
  logits: Float32Array;
}
