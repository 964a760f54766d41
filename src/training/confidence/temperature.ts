import { argMax } from '../../common/arg-max.js';
import { crossEntropy, softmax } from '../loop/metrics.js';

const [LEAST, MOST] = [0.05, 20];

/** Weight of what was known before, in samples. */
const PRIOR = 50;

/**
 * The temperature by which logits are divided so that probabilities are as often right as they say: the one of the
 * least cross-entropy on samples that were not learned from (Guo et al. 2017).
 * @param logits [N, width], flat.
 * @param classes [N]
 * @param before A temperature known from other samples, from which few new ones do not lead far away.
 */
export function fitTemperature(logits: Float32Array, classes: Int32Array, before?: number): number {
  const width = logits.length / classes.length;
  const cost = (exponent: number): number => {
    const scaled = logits.map((logit) => logit / Math.exp(exponent));
    const far = before === undefined ? 0 : exponent - Math.log(before);
    return classes.reduce((sum, truth, i) => sum + crossEntropy(scaled, truth, i * width, width), PRIOR * far ** 2);
  };
  // Golden-section search, since the cost has one valley.
  const shrink = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(LEAST), Math.log(MOST)];
  let [a, b] = [high - shrink * (high - low), low + shrink * (high - low)];
  let [atA, atB] = [cost(a), cost(b)];
  while (high - low > 1e-4) {
    if (atA < atB) {
      [high, b, atB] = [b, a, atA];
      atA = cost((a = high - shrink * (high - low)));
    } else {
      [low, a, atA] = [a, b, atB];
      atB = cost((b = low + shrink * (high - low)));
    }
  }
  return Math.exp((low + high) / 2);
}

/**
 * Expected calibration error: how far confidence and accuracy lie apart in 15 bins of equal width, weighted by size.
 * @param logits [N, width], flat.
 * @param classes [N]
 */
export function calibrationError(logits: Float32Array, classes: Int32Array, temperature = 1, bins = 15): number {
  const width = logits.length / classes.length;
  const gaps = new Float64Array(bins); // right answers less confidence
  classes.forEach((truth, i) => {
    const probabilities = softmax(logits, i * width, width, temperature);
    const best = argMax(probabilities);
    const confidence = probabilities[best] ?? 0;
    const bin = Math.min(bins - 1, Math.floor(confidence * bins));
    gaps[bin] = (gaps[bin] ?? 0) + (Number(best === truth) - confidence);
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / classes.length;
}
