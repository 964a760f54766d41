import type { Workload } from '../../backends/auto/trial.js';
import { sizeOf } from '../../common/shapes.js';
import { lower } from '../../models/lowering/lower.js';
import type { Model } from '../../models/model.js';
import { Network } from '../../models/network.js';
import { inferJudged } from './out-of-distribution.js';

/** Answers as `predict` gives them, to time devices by. */
export function answeringWorkload({ spec, weights, detector }: Model): Workload {
  return {
    name: `answers ${JSON.stringify([detector?.layer, spec])}`,
    sizes: [1, 64],
    least: 1,
    start(device) {
      const network = new Network(lower(spec), weights, device);
      const inputs = new Float32Array(64 * sizeOf(spec.input)).fill(0.5);
      return {
        async run(examples) {
          await inferJudged(network, detector, inputs.subarray(0, examples * sizeOf(spec.input)), examples);
        },
        dispose: () => network.dispose(),
      };
    },
  };
}
