import type { Model } from '../../models/model.js';
import type { Prepared } from '../../preprocess/prepare.js';
import { argMax } from '../../common/arg-max.js';
import { softmax } from '../../training/loop/metrics.js';
import type { Prediction, PreparedImage } from '../../types.js';

/** The answer that one row of logits gives. @param logits [N, classes], flat. */
export function answered(logits: Float32Array, row: number, { labels, temperature }: Model): Prediction {
  const probabilities = softmax(logits, row * labels.length, labels.length, temperature);
  const best = argMax(probabilities);
  return { label: labels[best] ?? null, confidence: probabilities[best] ?? 0, probabilities };
}

/** The answer to what shows none of the classes. */
export function rejected(why: NonNullable<Prediction['rejected']>, { labels }: Model): Prediction {
  return { label: null, confidence: 0, probabilities: labels.map(() => 0), rejected: why };
}

/** What the network saw of an input; a row of numbers is an image of height 1. */
export function seen({ values }: Prepared, { spec: { input } }: Model): PreparedImage {
  const [height = 1, width = 1, channels = 1] =
    input.length === 3 ? input : String(input) === '784' ? [28, 28] : [1, ...input];
  return { width, height, channels, data: values };
}
