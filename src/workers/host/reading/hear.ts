import { argMax } from '../../../common/arg-max.js';
import { sizeOf } from '../../../common/shapes.js';
import { maskLogits } from '../../../models/masked-classes.js';
import type { Model } from '../../../models/model.js';
import type { Network } from '../../../models/network.js';
import { standardise } from '../../../preprocess/standardise.js';
import { checkAnswers, softmax } from '../../../training/loop/metrics.js';
import { inferJudged } from '../out-of-distribution.js';
import type { Heard } from './evidence.js';

/**
 * What a network says of images, all in one batch.
 * @param images [28, 28] each, before standardisation.
 * @param alphabet Labels that may be the answer.
 */
export async function hear(
  network: Network,
  model: Model,
  images: readonly Float32Array[],
  alphabet: ReadonlySet<string> = new Set(model.labels),
  signal?: AbortSignal,
): Promise<Heard[]> {
  if (images.length === 0) return [];
  const { labels, temperature, detector, preprocess } = model;
  const length = sizeOf(model.spec.input);
  const values = new Float32Array(images.length * length);
  for (const [i, image] of images.entries()) standardise(image, preprocess, values, i * length);
  const { logits, strangeness } = await inferJudged(network, detector, values, images.length, signal);
  maskLogits(checkAnswers(logits), model);
  return images.map((_, i) => {
    const all = softmax(logits, i * labels.length, labels.length, temperature);
    const probabilities = all.map((probability, at) => (alphabet.has(labels[at] ?? '') ? probability : 0));
    const best = argMax(probabilities);
    const probability = probabilities[best] ?? 0;
    return { label: labels[best] ?? '', probability, probabilities, strangeness: strangeness(i) };
  });
}
