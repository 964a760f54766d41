import type { Architecture } from '../../models/lowering/lower.js';
import { distance, MOST_REGIONS, normalised } from '../../models/ood-detector.js';
import type { OodDetector } from '../../models/ood-detector.js';
import { byClass } from '../loop/dataset.js';

/** A class reaches so many standard deviations farther than drawings that are left out of it lie on average. */
const DEVIATIONS = 2;
/** Fewer drawings left out tell no deviation. */
const LEAST = 6;

/** The layer whose inputs show best what is unlike all classes: the first dense one, behind the convolutions. */
export function detectingLayer({ spec }: Pick<Architecture, 'spec'>): number {
  const dense = spec.layers.findIndex(({ type }) => type === 'dense');
  return Math.max(1, dense);
}

/**
 * A detector where all classes are new: what is in no region around a class's mean is unfamiliar. How far the next
 * drawing of a class lies from that is told by each drawing and the mean of the others (leave-one-out).
 * @param layer The detector's. @param features [N, width] of all drawings there, flat.
 * @param classes [N]
 * @returns Undefined if too few drawings can be left out.
 */
export function newDetector(layer: number, features: Float32Array, classes: Int32Array): OodDetector | undefined {
  const width = features.length / classes.length;
  const leftOut: number[] = [];
  const centres = [...byClass(classes).values()].map((own) => {
    const rows = own.map((i) => normalised(features.subarray(i * width, (i + 1) * width)));
    const sum = new Float32Array(width);
    for (const row of rows) row.forEach((value, k) => (sum[k] = (sum[k] ?? 0) + value));
    if (rows.length > 1)
      for (const row of rows) leftOut.push(distance(row, normalised(sum.map((value, k) => value - (row[k] ?? 0)))));
    return normalised(sum);
  });
  if (leftOut.length < LEAST || centres.length > MOST_REGIONS) return undefined;
  const mean = leftOut.reduce((a, b) => a + b) / leftOut.length;
  const variance = leftOut.reduce((sum, each) => sum + (each - mean) ** 2, 0) / leftOut.length;
  const radius = mean + DEVIATIONS * Math.sqrt(variance);
  // A perceptron that answers 1 to everything, so that the regions alone decide.
  const weights = new Float32Array(width + 3);
  weights[width + 2] = 1;
  const regions = centres.map((centre) => ({ centre, radius }));
  return { layer, takes: 'features', units: [1], weights, threshold: 0, radius, regions };
}
