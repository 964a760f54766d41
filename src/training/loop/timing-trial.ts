import type { Device } from '../../backends/device.js';
import type { Learner } from '../../backends/executor.js';
import type { Trial } from '../../backends/select.js';
import type { Weights } from '../../models/model.js';
import { sizeOf } from '../../common/shapes.js';
import { Network } from '../../models/network.js';
import type { Architecture } from '../../models/lowering/lower.js';

const BATCH = 16;

/** A real training step of a network on a device, for timing the device by. */
export function createTrial(architecture: Architecture, weights: Weights, device: Device): Trial {
  const length = sizeOf(architecture.spec.input);
  const inputs = new Float32Array(BATCH * length).fill(0.5);
  const targets = new Float32Array(BATCH * architecture.classes).map((_, i) => Number(i % architecture.classes === 0));
  const network = new Network(architecture, weights, device);
  let learner: Learner;
  try {
    learner = network.learner({ optimizer: 'momentum', momentum: 0.9, from: 0 });
  } catch (error) {
    network.dispose();
    throw error;
  }
  return {
    // A rate of zero costs the same and cannot diverge.
    step: async () => void (await learner.step(inputs, targets, 0)),
    dispose() {
      learner.dispose();
      network.dispose();
    },
  };
}
