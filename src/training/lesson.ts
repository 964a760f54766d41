import { infer } from '../models/inference.js';
import type { Network } from '../models/network.js';
import type { Progress } from '../types.js';
import { subset } from './dataset.js';
import type { Dataset, Split } from './dataset.js';

/**
 * What a fine-tune learns from and is measured on. Layers that do not learn give the same features in every epoch:
 * computed once, they are the inputs from there on; but for samples that are varied, which are other ones every time.
 */
export interface Lesson {
  /** First top-level layer that learns. */
  from: number;
  /** All samples, as inputs of layer `from`. */
  fixed: Dataset;
  /** All samples, as the trainer takes them. */
  all: Dataset;
  /** Those that are not held back, as the trainer takes them. */
  chosen: Dataset;
  /** What is held back, or was given to validate on, as inputs of layer `from`. */
  held: Dataset | undefined;
}

interface LessonOptions {
  from: number;
  /** Samples are varied as they are learned from. */
  varied: boolean;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * @param samples Inputs of the whole network.
 * @param split Which of them are held back.
 * @param given To validate on instead, if the caller gave some.
 * @throws {HandfulError} `aborted`, `backend-lost`
 */
export async function prepareLesson(
  network: Network,
  samples: Dataset,
  split: Split,
  given: Dataset | undefined,
  { from, varied, signal, onProgress }: LessonOptions,
): Promise<Lesson> {
  const features = async (set: Dataset, first: number, last: number): Promise<Dataset> => {
    if (from === 0) return set;
    const tell = (part: number) => onProgress?.({ phase: 'preparing', fraction: first + part * (last - first) });
    return { inputs: await infer(network, set.inputs, { to: from, signal, onProgress: tell }), classes: set.classes };
  };
  const fixed = await features(samples, 0.04, 0.08);
  const all = varied ? samples : fixed;
  if (given) return { from, fixed, all, chosen: all, held: await features(given, 0.08, 0.1) };
  if (split.held.length === 0) return { from, fixed, all, chosen: all, held: undefined };
  return { from, fixed, all, chosen: subset(all, split.train), held: subset(fixed, split.held) };
}
