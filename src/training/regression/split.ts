import { random, shuffle } from '../../common/random.js';
import { rows } from '../loop/dataset.js';
import type { TargetedInputs } from './targets.js';

/** Samples to learn from and a random share of them that is held back, if it is at least one. */
export function splitOff(
  samples: TargetedInputs,
  count: number,
  share: number,
  seed: number,
): [chosen: TargetedInputs, held: TargetedInputs | undefined] {
  const size = Math.min(Math.round(count * share), count - 1);
  if (size === 0) return [samples, undefined];
  const order = shuffle(
    Uint32Array.from({ length: count }, (_, i) => i),
    random(seed),
  );
  const part = (indices: Uint32Array): TargetedInputs => ({
    inputs: rows(samples.inputs, samples.inputs.length / count, indices),
    targets: rows(samples.targets, samples.targets.length / count, indices),
  });
  return [part(order.subarray(size)), part(order.subarray(0, size))];
}
