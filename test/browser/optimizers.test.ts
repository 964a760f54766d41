// Losses and optimizers, as PyTorch computes them.

import { assert } from 'chai';
import type { TensorDevice } from '../../src/backends/tensors/tensor-device.js';
import * as tf from '../../src/backends/tf.js';
import { softmaxCrossEntropy } from '../../src/backends/tensors/losses.js';
import { createOptimizer } from '../../src/backends/tensors/optimizers.js';
import { assertClose } from '../support/close.js';
import type { LossCase, OptimizerCases } from '../support/pytorch.js';
import { onTensorDevice } from './support/devices.js';
import { fixture } from './support/fixtures.js';
import { leakCheck } from './support/leaks.js';

async function readAll(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data()));
  tf.dispose([...tensors]);
  return values as Float32Array[];
}

describe('softmax cross-entropy', () => {
  onTensorDevice((device) => {
    it("has PyTorch's values and gradients, of large logits too", async () => {
      for (const one of await fixture<LossCase[]>('losses.json')) {
        const [samples = 0, classes = 0] = one.logits.shape;
        const found = device().run(() => {
          const logits = tf.tensor(one.logits.data, [samples, classes]);
          const truth = tf.tensor(
            one.labels.flatMap((label) => Array.from({ length: classes }, (_, i) => +(i === label))),
            [samples, classes],
          );
          const variable = tf.variable(logits);
          const { value, grads } = tf.variableGrads(() => {
            return softmaxCrossEntropy(variable as tf.Tensor as tf.Tensor2D, truth as tf.Tensor2D);
          }, [variable]);
          tf.dispose([logits, truth, variable]);
          return [value, ...Object.values(grads)];
        });
        assert.lengthOf(found, 2);
        const [loss = [], gradient = []] = await readAll(found);
        const scale = Math.max(1, one.loss);
        const scaled = Array.from(loss, (value) => value / scale);
        assertClose(scaled, [one.loss / scale], 1e-6, `${one.title}: loss`);
        assertClose(gradient, one.gradient.data, 1e-6, `${one.title}: gradient`);
      }
    });
  });
});

describe('optimizers', () => {
  onTensorDevice((device) => {
    it("take PyTorch's steps", async () => {
      const { start, gradients, cases } = await fixture<OptimizerCases>('optimizers.json');
      for (const one of cases) await follow(device(), one, start, gradients);
    });

    for (const optimizer of ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adagrad', 'adadelta', 'adam', 'adamw'] as const)
      it(`${optimizer} leaks nothing`, async () => {
        const { start, gradients } = await fixture<OptimizerCases>('optimizers.json');
        const one = { optimizer, options: { learningRate: 0.01, momentum: 0.9, weightDecay: 0.1 }, after: {} };
        await leakCheck(device(), () => follow(device(), one, start, gradients));
      });
  });

  type Cases = OptimizerCases;
  async function follow(
    device: TensorDevice,
    one: Cases['cases'][0],
    start: Cases['start'],
    gradients: Cases['gradients'],
  ) {
    const { learningRate, momentum = 0, weightDecay } = one.options;
    const title = `${one.optimizer} ${JSON.stringify(one.options)}`;
    const tensors = (values: Cases['start']) =>
      new Map(Object.entries(values).map(([name, { data, shape }]) => [name, tf.tensor(data, shape)]));
    const variables = new Map<string, tf.Variable>();
    device.run(() =>
      tf.tidy(() => {
        for (const [name, tensor] of tensors(start)) variables.set(name, tf.variable(tensor));
      }),
    );
    const optimizer = createOptimizer(variables, { optimizer: one.optimizer, momentum, weightDecay });
    let compared = 0;
    for (const [index, gradient] of gradients.entries()) {
      device.run(() => tf.tidy(() => optimizer.apply(tensors(gradient), learningRate)));
      for (const [name, { data }] of Object.entries(one.after[index + 1] ?? {})) {
        assertClose(await variables.get(name)!.data(), data, 1e-6, `${title}: ${name} at ${index + 1}`);
        compared++;
      }
    }
    assert.equal(compared, Object.keys(one.after).length * variables.size);
    optimizer.dispose();
    tf.dispose([...variables.values()]);
  }
});
