import { infer } from '../models/inference.js';
import type { Network } from '../models/network.js';
import type { Progress } from '../types.js';
import { stratifiedSplit, subset } from './dataset.js';
import type { Dataset } from './dataset.js';

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
  /** Those that are not held back, as the trainer takes them, and as inputs of the whole network. */
  chosen: Dataset;
  chosenInputs: Dataset;
  /** What is held back, or was given to validate on, as inputs of layer `from`. */
  held: Dataset | undefined;
}

interface LessonOptions {
  from: number;
  /** Samples are varied as they are learned from. */
  varied: boolean;
  /** Share of each class that is held back. */
  share: number;
  seed: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * @param samples Inputs of the whole network.
 * @param given To validate on, if the caller gave some; then none are held back.
 * @throws {HandfulError} `aborted`, `backend-lost`
 */
export async function prepareLesson(
  network: Network,
  samples: Dataset,
  given: Dataset | undefined,
  { from, varied, share, seed, signal, onProgress }: LessonOptions,
): Promise<Lesson> {
  const features = async (set: Dataset, first: number, last: number): Promise<Dataset> => {
    if (from === 0) return set;
    const tell = (part: number) => onProgress?.({ phase: 'preparing', fraction: first + part * (last - first) });
    return { inputs: await infer(network, set.inputs, { to: from, signal, onProgress: tell }), classes: set.classes };
  };
  const fixed = await features(samples, 0.04, 0.08);
  const all = varied ? samples : fixed;
  if (given) {
    const held = await features(given, 0.08, 0.1);
    return { from, fixed, all, chosen: all, chosenInputs: samples, held };
  }
  const split = stratifiedSplit(samples.classes, share, seed);
  if (split.held.length === 0) return { from, fixed, all, chosen: all, chosenInputs: samples, held: undefined };
  const [chosen, chosenInputs] = [subset(all, split.train), subset(samples, split.train)];
  return { from, fixed, all, chosen, chosenInputs, held: subset(fixed, split.held) };
}
