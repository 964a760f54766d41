import { infer } from '../../models/inference.js';
import type { Network } from '../../models/network.js';
import { subset } from '../loop/dataset.js';
import type { Dataset } from '../loop/dataset.js';
import type { Context } from './context.js';

/**
 * What a fine-tune learns from and is measured on. Layers that do not learn give the same features in every epoch:
 * computed once, they are the inputs from there on; but for samples that are varied, which are other ones every time.
 */
export interface Features {
  /** All samples, as inputs of the first layer that learns. */
  fixed: Dataset;
  /** All samples, as the trainer takes them. */
  all: Dataset;
  /** Those that are not held back, as the trainer takes them. */
  training: Dataset;
  /** What is held back, or was given to validate on, as inputs of the first layer that learns. */
  validation: Dataset | undefined;
}

/** @throws {HandfulError} `aborted`, `backend-lost` */
export async function computeFeatures(
  network: Network,
  { task: { onProgress, signal }, from, samples, split, validation, examples: { augment } }: Context,
): Promise<Features> {
  const features = async (set: Dataset, first: number, last: number): Promise<Dataset> => {
    if (from === 0) return set;
    const tell = (part: number) => onProgress?.({ phase: 'preparing', fraction: first + part * (last - first) });
    return { inputs: await infer(network, set.inputs, { to: from, signal, onProgress: tell }), classes: set.classes };
  };
  const fixed = await features(samples, 0, 0.08);
  const all = augment ? samples : fixed;
  if (validation) return { fixed, all, training: all, validation: await features(validation, 0.08, 0.1) };
  if (split.held.length === 0) return { fixed, all, training: all, validation: undefined };
  return { fixed, all, training: subset(all, split.train), validation: subset(fixed, split.held) };
}
