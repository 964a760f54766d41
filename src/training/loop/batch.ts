import type { Augment } from '../augment/augment.js';
import type { Dataset } from './dataset.js';

/** A mini-batch: inputs [N, ...], targets [N, classes], rows that sum to 1 or what regression is to yield; and the classes themselves. */
export interface Batch {
  inputs: Float32Array;
  targets: Float32Array;
  classes: Int32Array;
}

export interface BatchOptions {
  /** How many classes there are. */
  width: number;
  /** Share of each row of `targets` that all classes get alike (Szegedy et al. 2016). */
  smoothing: number;
  /** Varies each example, by numbers in [0, 1) from `next`. */
  augment?: Augment | undefined;
  next: () => number;
}

/** Gathers some of a data set's examples. */
export function gather(data: Dataset, indices: Uint32Array, { width, smoothing, augment, next }: BatchOptions): Batch {
  const length = data.inputs.length / data.classes.length;
  const inputs = new Float32Array(indices.length * length);
  const targets = new Float32Array(indices.length * width).fill(smoothing / width);
  const classes = new Int32Array(indices.length);
  indices.forEach((index, i) => {
    if (augment) augment(data.inputs, index * length, inputs, i * length, next);
    else inputs.set(data.inputs.subarray(index * length, (index + 1) * length), i * length);
    const label = data.classes[index] ?? 0;
    classes[i] = label;
    if (data.targets) targets.set(data.targets.subarray(index * width, (index + 1) * width), i * width);
    else targets[i * width + label] = (targets[i * width + label] ?? 0) + (1 - smoothing);
  });
  return { inputs, targets, classes };
}
