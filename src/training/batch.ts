import type { Dataset } from './dataset.js';

/** A mini-batch: inputs [N, ...], truth one-hot [N, classes], and the classes themselves. */
export interface Batch {
  inputs: Float32Array;
  truth: Float32Array;
  classes: Int32Array;
}

/** Gathers some of a data set's examples. */
export function gather(data: Dataset, indices: Uint32Array, width: number): Batch {
  const length = data.inputs.length / data.classes.length;
  const inputs = new Float32Array(indices.length * length);
  const truth = new Float32Array(indices.length * width);
  const classes = new Int32Array(indices.length);
  indices.forEach((index, i) => {
    inputs.set(data.inputs.subarray(index * length, (index + 1) * length), i * length);
    classes[i] = data.classes[index]!;
    truth[i * width + classes[i]!] = 1;
  });
  return { inputs, truth, classes };
}
