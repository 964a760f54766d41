import { random, shuffle } from '../../common/random.js';
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
  const pick = (values: Float32Array, indices: Uint32Array): Float32Array => {
    const width = values.length / count;
    const picked = new Float32Array(indices.length * width);
    indices.forEach((index, i) => picked.set(values.subarray(index * width, (index + 1) * width), i * width));
    return picked;
  };
  const part = (indices: Uint32Array): TargetedInputs => ({
    inputs: pick(samples.inputs, indices),
    targets: pick(samples.targets, indices),
  });
  return [part(order.subarray(size)), part(order.subarray(0, size))];
}
