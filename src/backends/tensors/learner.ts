import * as tf from '../tf.js';
import type { Tensor2D } from '../tf.js';
import { shapeBefore } from '../executor.js';
import type { Learner, LearnerOptions } from '../executor.js';
import type { TensorDevice } from './device.js';
import type { TensorExecutor } from './tensor-executor.js';
import { softmaxCrossEntropy, squaredError } from './losses.js';
import { createOptimizer } from './optimizers.js';

/** Learning by tfjs's gradients. */
export function createLearner(network: TensorExecutor, device: TensorDevice, options: LearnerOptions): Learner {
  const { from } = options;
  const lossOf = options.loss === 'squaredError' ? squaredError : softmaxCrossEntropy;
  const shape = shapeBefore(network.architecture, from);
  const length = shape.reduce((a, b) => a * b, 1);
  const variables = network.learning(from);
  const optimizer = createOptimizer(variables, options);
  return {
    async step(inputs, truth, rate) {
      const batch = inputs.length / length;
      const { loss, logits } = device.run(() =>
        tf.tidy(() => {
          const x = tf.tensor(inputs, [batch, ...shape]);
          const y = tf.tensor(truth, [batch, truth.length / batch]) as Tensor2D;
          let logits!: Tensor2D;
          const { value, grads } = tf.variableGrads(() => {
            logits = tf.keep(network.forward(x, { training: true, from }) as Tensor2D);
            return lossOf(logits, y);
          }, [...variables.values()]);
          optimizer.apply(new Map([...variables].map(([name, variable]) => [name, grads[variable.name]!])), rate);
          return { loss: tf.keep(value), logits };
        }),
      );
      try {
        const [value, answers] = await device.settle(Promise.all([loss.data(), logits.data()])); // one wait for both
        return { loss: value[0]!, logits: answers as Float32Array };
      } finally {
        loss.dispose();
        logits.dispose();
      }
    },
    dispose: () => optimizer.dispose(),
  };
}
