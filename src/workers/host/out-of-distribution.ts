import { infer } from '../../models/inference.js';
import type { Network } from '../../models/network.js';
import { strangeness } from '../../models/ood-detector.js';
import type { OodDetector } from '../../models/ood-detector.js';

/** The logits of some inputs, and how far each is from all that the model was taught. */
export interface Judged {
  /** [N, classes], flat. */
  logits: Float32Array;
  /** In logits: above 0 an input is unfamiliar. */
  strangeness: (index: number) => number;
}

/**
 * Runs a network, and on the way to its logits what tells the unfamiliar, if that is wanted.
 * @param inputs [N, ...input], standardised, flat; a buffer of the network's device has one batch at most, and is for a
 * detector that takes features.
 * @param count N
 */
export async function inferJudged(
  network: Network,
  detector: OodDetector | undefined,
  inputs: Float32Array | GPUBuffer,
  count: number,
  signal?: AbortSignal,
): Promise<Judged> {
  if (!detector) return { logits: await infer(network, inputs, { signal }), strangeness: () => -Infinity };
  const { layer } = detector;
  const features = await infer(network, inputs, { to: layer, signal });
  const row = (values: Float32Array, index: number) => {
    const width = values.length / count;
    return values.subarray(index * width, (index + 1) * width);
  };
  return {
    logits: await infer(network, features, { from: layer, signal }),
    strangeness: (index) =>
      strangeness(detector, row(inputs instanceof Float32Array ? inputs : features, index), row(features, index)),
  };
}
