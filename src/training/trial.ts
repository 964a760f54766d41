import type { Device } from '../backends/device.js';
import type { Trial } from '../backends/select.js';
import type { Weights } from '../models/model.js';
import { Network } from '../models/network.js';
import type { Plan } from '../models/spec.js';
import { createOptimizer } from './optimizers.js';
import { trainStep } from './step.js';

const BATCH = 16;

/** A real training step of a network on a device, for timing the device by. */
export function createTrial(plan: Plan, weights: Weights, device: Device): Trial {
  const length = plan.spec.input.reduce((a, b) => a * b);
  const data = { inputs: new Float32Array(BATCH * length).fill(0.5), classes: new Int32Array(BATCH) };
  const indices = Uint32Array.from(data.classes.keys());
  const network = new Network(plan, weights, device);
  const optimizer = createOptimizer(network.trainable(), { optimizer: 'momentum', momentum: 0.9 });
  return {
    async step() {
      // A rate of zero costs the same and cannot diverge.
      const { loss, logits } = trainStep(network, data, indices, optimizer, 0);
      try {
        await device.settle(loss.data());
      } finally {
        loss.dispose();
        logits.dispose();
      }
    },
    dispose() {
      optimizer.dispose();
      network.dispose();
    },
  };
}
