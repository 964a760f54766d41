import type { Loss, Softmax, Value } from './operations.js';

/** What learning makes small: softmax cross-entropy of logits, or the squared error of values. */
export type LossName = 'crossEntropy' | 'squaredError';

/** A loss as operations on what a network yields. */
export function lossOperations(name: LossName, output: Value): (Softmax | Loss)[] {
  const y: Value = { shape: [] };
  if (name === 'squaredError') return [{ kind: 'squaredError', x: output, y }];
  const probabilities: Value = { shape: output.shape };
  return [
    { kind: 'softmax', x: output, y: probabilities },
    { kind: 'crossEntropy', x: probabilities, y },
  ];
}
