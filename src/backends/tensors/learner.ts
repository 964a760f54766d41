import { sizeOf } from '../../common/shapes.js';
import { dropoutKey } from '../dropout.js';
import type { Learner, LearnerOptions } from '../executor.js';
import { segment } from '../operations.js';
import type { LoweredNetwork } from '../operations.js';
import * as tf from '../tf.js';
import type { Tensor, Tensor2D, Variable } from '../tf.js';
import { forward } from './forward.js';
import type { Variables } from './forward.js';
import { softmaxCrossEntropy, squaredError } from './losses.js';
import { createOptimizer } from './optimizers.js';
import type { TensorDevice } from './tensor-device.js';

/** Learning by tfjs's gradients. */
export function createLearner(
  device: TensorDevice,
  network: LoweredNetwork,
  variables: Variables,
  options: LearnerOptions,
): Learner {
  const { from, seed = 0 } = options;
  const part = segment(network, from);
  const lossOf = options.loss === 'squaredError' ? squaredError : softmaxCrossEntropy;
  const size = sizeOf(part.input.shape);
  const learning = learningFrom(network, variables, from);
  const optimizer = createOptimizer(learning, options);
  let steps = 0;
  return {
    async step(inputs, targets, rate) {
      const batch = inputs.length / size;
      const key = dropoutKey(seed, ++steps);
      const { loss, logits } = device.run(() =>
        tf.tidy(() => {
          const x = tf.tensor(inputs, [batch, ...part.input.shape]);
          const y = tf.tensor<tf.Rank.R2>(targets, [batch, targets.length / batch]);
          let logits!: Tensor2D;
          const { value, grads } = tf.variableGrads(() => {
            logits = tf.keep(forward(part, variables, x, true, key) as Tensor2D);
            return lossOf(logits, y);
          }, [...learning.values()]);
          optimizer.apply(new Map([...learning].map(([name, { name: own }]) => [name, grads[own] as Tensor])), rate);
          return { loss: tf.keep(value), logits };
        }),
      );
      try {
        const [value, answers] = await device.settle(Promise.all([loss.data(), logits.data()])); // one wait for both
        return { loss: value[0] ?? NaN, logits: answers as Float32Array };
      } finally {
        loss.dispose();
        logits.dispose();
      }
    },
    dispose: () => optimizer.dispose(),
  };
}

/** What gradients may change from top-level layer `from` on, by name. */
export function learningFrom(
  { parameters }: LoweredNetwork,
  variables: Variables,
  from: number,
): ReadonlyMap<string, Variable> {
  const names = parameters.filter(({ layer, learns }) => learns && layer >= from).map(({ name }) => name);
  return new Map([...variables].filter(([name]) => names.includes(name)));
}
