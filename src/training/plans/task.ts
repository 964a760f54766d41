import type { Model, Weights } from '../../models/model.js';
import type { Network } from '../../models/network.js';
import type { Architecture } from '../../models/lowering/lower.js';
import type { Learning } from '../loop/training-workload.js';
import type { FineTuneOptions, FineTuneReport, Progress } from '../../types.js';

/** Options of a fine-tune as they cross to the worker: validation samples, signal and callbacks travel apart. */
export type TuneOptions = Omit<FineTuneOptions, 'validation' | 'signal' | 'onProgress' | 'labels'> & {
  validation?: number | undefined;
  labels?: string[] | undefined;
};

/** Prepared samples with their labels by name. */
export interface LabelledInputs {
  /** [N, ...input], standardised, flat. */
  inputs: Float32Array;
  labels: string[];
}

/** Samples, options and what they are to change, of whichever kind of learning. */
export interface TuningTask<Samples, Options> {
  /** What is to be tuned; left as it is. */
  model: Model;
  samples: Samples;
  /** Samples to validate on, if the caller gave some. */
  validation?: Samples | undefined;
  options: Options;
  /** Puts a network on the device that is to teach it; called again if a GPU is lost on the way. The task disposes of it. */
  build: (architecture: Architecture, weights: Weights, learning: Learning) => Promise<Network>;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

export type FineTuneTask = TuningTask<LabelledInputs, TuneOptions>;

export interface FineTuneResult {
  /** The tuned model, or the one given if that was better. */
  model: Model;
  report: FineTuneReport;
}
