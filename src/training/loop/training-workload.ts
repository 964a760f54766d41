import type { Workload } from '../../backends/auto/trial.js';
import { sizeOf } from '../../common/shapes.js';
import type { Architecture } from '../../models/lowering/lower.js';
import type { Weights } from '../../models/model.js';
import { Network } from '../../models/network.js';

/** What is to learn, as far as it decides how long that takes. */
export interface Learning {
  /** First top-level layer that learns. */
  from: number;
  batchSize: number;
}

/** Steps of an epoch that is timed: a GPU is given as many at once. */
const STEPS = 10;

/** An epoch of training, to time devices by. */
export function trainingWorkload(architecture: Architecture, weights: Weights, learning: Learning): Workload {
  const { from, batchSize } = learning;
  const length = sizeOf(architecture.boundaries[from]?.shape ?? []);
  const width = architecture.classes;
  return {
    name: `learns ${JSON.stringify([learning, architecture.spec])}`,
    sizes: [STEPS * batchSize],
    least: Math.min(2, batchSize), // one has no variance for batch norm to go by
    start(device) {
      const network = new Network(architecture, weights, device);
      const inputs = new Float32Array(batchSize * length).fill(0.5);
      const targets = Float32Array.from({ length: batchSize * width }, (_, i) => Number(i % width === 0));
      try {
        const learner = network.learner({ optimizer: 'adam', momentum: 0, from });
        return {
          async run(examples) {
            const full = Math.floor(examples / batchSize);
            const rest = examples % batchSize;
            const batches = [...Array.from({ length: full }, () => batchSize), ...(rest > 0 ? [rest] : [])];
            await learner.epoch({
              order: Uint32Array.from({ length: examples }, (_, i) => i),
              batches,
              rates: batches.map(() => 0), // costs the same and cannot diverge
              examples: undefined, // as where samples are varied, for which they are sent every time
              async batch(step) {
                const count = batches[step] ?? 0;
                return { inputs: inputs.subarray(0, count * length), targets: targets.subarray(0, count * width) };
              },
              onSteps: async () => {},
            });
          },
          dispose() {
            learner.dispose();
            network.dispose();
          },
        };
      } catch (error) {
        network.dispose();
        throw error;
      }
    },
  };
}
