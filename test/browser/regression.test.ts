// Values instead of classes: squared errors on each device, against gradient descent written out in float64.

import { Network } from '../../src/models/network.js';
import { lower } from '../../src/models/lowering/lower.js';
import { mlp } from '../../src/models/zoo.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { addTo, at } from '../support/lists.js';
import { finiteDifferences, float64, forward } from '../support/oracle.js';
import { randomWeights } from '../support/specs.js';
import { onEachDevice } from './support/devices.js';

const RATE = 0.1;

describe('learning by squared errors', () => {
  onEachDevice((device) => {
    it('falls as gradient descent in float64 does, loss and values', async () => {
      const draw = draws(4);
      const spec = mlp([3, 5, 2], { activation: 'tanh' });
      const weights = randomWeights(spec, draw);
      const [inputs, truth] = [draw.normal(7 * 3), draw.normal(7 * 2)];
      const values = float64(weights);
      const x = Float64Array.from(inputs);
      const answers = () => forward(lower(spec), values, x, true);
      const loss = () => answers().reduce((sum, y, i) => sum + (y - at(truth, i)) ** 2, 0) / truth.length;

      const network = new Network(lower(spec), weights, device());
      const learner = network.learner({ optimizer: 'sgd', momentum: 0, loss: 'squaredError', from: 0 });
      try {
        for (let step = 1; step <= 5; step++) {
          const result = await learner.step(inputs, truth, RATE);
          assertClose([result.loss], [loss()], 1e-5, `loss at step ${step}`);
          assertClose(result.logits, answers(), 1e-5, `values at step ${step}`);
          const gradients = new Map([...values].map(([name, at]) => [name, finiteDifferences(loss, at)]));
          for (const [name, gradient] of gradients)
            gradient.forEach((one, i) => addTo(values.get(name)!, i, -RATE * one));
        }
        for (const [name, { data }] of await network.read()) assertClose(data, values.get(name)!, 1e-5, name);
      } finally {
        learner.dispose();
        network.dispose();
      }
    });
  });
});
