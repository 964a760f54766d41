// What the benchmark puts into the global scope of its pages and workers, for functions that run there.

import type { Classifier, FineTuneOptions, Prediction } from 'handful';

declare global {
  /** A seven, black on white. */
  var draw: () => HTMLCanvasElement;
  /** @throws if the answer is not a seven */
  var expect: (prediction: Prediction) => void;
  var recipe: FineTuneOptions;
  var digits: Classifier;
  var drawn: HTMLCanvasElement;
  var values: Float32Array;
  /** How far a long fine-tune has come. */
  var epoch: number;

  // In a subject's worker (subjects/clock.ts, subjects/handful.ts, peak.mjs, count-memory.js).
  var info: { threads?: number };
  var check: (row: string) => Promise<number[]>;
  var round: (row: string, budget: number) => Promise<number>;
  var growth: (steps: number) => Promise<number>;
  var peaks: Record<string, (turns: number) => number>;
  var wasmBytes: () => number;
}
