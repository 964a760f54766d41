import * as tf from '../tf.js';
import type { Scalar, Tensor, Tensor2D } from '../tf.js';

/**
 * Mean softmax cross-entropy of a batch, with its gradient (softmax - targets) / N.
 * @param logits [N, classes]
 * @param targets [N, classes], rows that sum to 1.
 */
export function softmaxCrossEntropy(logits: Tensor2D, targets: Tensor2D): Scalar {
  const operation = tf.customGrad((...args) => {
    const [logits, save] = args as unknown as [Tensor2D, (tensors: Tensor[]) => void];
    const logProbabilities = tf.logSoftmax(logits);
    save([logProbabilities]);
    const value = tf.neg(tf.mean(tf.sum(tf.mul(targets, logProbabilities), 1)));
    const gradFunc = (dy: Tensor, saved: Tensor[]) =>
      tf.mul(tf.sub(tf.exp(saved[0]!), targets), tf.div(dy, logits.shape[0]));
    return { value, gradFunc };
  });
  return operation(logits) as Scalar;
}

/** Mean squared error of values [N, values]. */
export function squaredError(y: Tensor2D, targets: Tensor2D): Scalar {
  return tf.mean(tf.square(tf.sub(y, targets)));
}
