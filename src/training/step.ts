import * as tf from '../backends/tf.js';
import type { Tensor, Tensor2D } from '../backends/tf.js';
import { shapeBefore } from '../models/inference.js';
import type { Network } from '../models/network.js';
import type { Dataset } from './dataset.js';
import { softmaxCrossEntropy } from './losses.js';
import type { Optimizer } from './optimizers.js';

/** A step whose results may not be there yet; whoever has it disposes of the tensors. */
export interface PendingStep {
  loss: Tensor;
  /** [batch, classes], before the update. */
  logits: Tensor;
  /** [batch] */
  classes: Int32Array;
}

/**
 * Forward, backward and update for one batch.
 * @param indices The batch, as indices into `data`, which holds inputs of top-level layer `from`.
 */
export function trainStep(
  network: Network,
  data: Dataset,
  indices: Uint32Array,
  optimizer: Optimizer,
  learningRate: number,
  from = 0,
): PendingStep {
  const shape = shapeBefore(network, from);
  const length = data.inputs.length / data.classes.length;
  const width = network.plan.classes;
  const inputs = new Float32Array(indices.length * length);
  const truth = new Float32Array(indices.length * width);
  const classes = new Int32Array(indices.length);
  indices.forEach((index, i) => {
    inputs.set(data.inputs.subarray(index * length, (index + 1) * length), i * length);
    classes[i] = data.classes[index]!;
    truth[i * width + classes[i]!] = 1;
  });
  const variables = network.trainable(from);
  return network.device.run(() =>
    tf.tidy(() => {
      const x = tf.tensor(inputs, [indices.length, ...shape]);
      const y = tf.tensor(truth, [indices.length, width]) as Tensor2D;
      let logits!: Tensor2D;
      const { value, grads } = tf.variableGrads(() => {
        logits = tf.keep(network.forward(x, { training: true, from }) as Tensor2D);
        return softmaxCrossEntropy(logits, y);
      }, [...variables.values()]);
      const gradients = new Map([...variables].map(([name, variable]) => [name, grads[variable.name]!]));
      optimizer.apply(gradients, learningRate);
      return { loss: tf.keep(value), logits, classes };
    }),
  );
}
