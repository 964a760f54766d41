import type { LossName, Preprocessing, Spec } from '../types.js';
import type { ClassStatistics } from './class-statistics.js';
import type { OodDetector } from './ood-detector.js';

/**
 * One named array of numbers, in the layout that handful computes with: convolutions [kernel, kernel, in, out], dense
 * layers [in, out], vectors [channels].
 */
export interface WeightArray {
  shape: readonly number[];
  data: Float32Array;
}

/** Weights by their PyTorch state_dict name, in the network's order. */
export type Weights = Map<string, WeightArray>;

/** Everything that makes a classifier, as plain data on the CPU side: what is saved, sent to workers and mirrored. */
export interface Model {
  spec: Spec;
  /** One a class; none for regression. */
  labels: string[];
  preprocess: Preprocessing;
  /** Neither the file nor the caller said by what mean and deviation: `preprocess` is by the input's shape alone. */
  preprocessAssumed?: boolean;
  weights: Weights;
  /** What it is trained on. Default `crossEntropy`. */
  loss?: LossName;
  /** Never trained: its weights are random. */
  fresh?: boolean;
  /** Logits are divided by it before they become probabilities. Default 1. */
  temperature?: number;
  /** Labels of masked classes, declared and never taught: they are never the answer, and no training reaches them. */
  untaught?: string[];
  /** Tells inputs unlike anything the model was taught; without it every input is taken for one of the classes. */
  detector?: OodDetector;
  /** Stand for the classes that the model knows while new ones are learned. */
  classStatistics?: ClassStatistics | undefined;
  /** Its features tell classes apart that it was never taught, so classes all new are placed among them as they are. */
  isEmbedding?: boolean;
  /** What a reader of another format left out or changed, one sentence each, for people. Not saved. */
  notes?: string[];
}

/** A deep copy of weights, so that training may overwrite the original. */
export function copyWeights(weights: Weights): Weights {
  return new Map([...weights].map(([name, { shape, data }]) => [name, { shape: [...shape], data: data.slice() }]));
}
