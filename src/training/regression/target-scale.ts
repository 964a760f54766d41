import { copyWeights } from '../../models/model.js';
import type { Model, Weights } from '../../models/model.js';
import { headName } from '../../models/spec.js';
import type { Architecture } from '../../models/lowering/lower.js';
import type { Spec } from '../../types.js';

/** Where targets lie and how far they spread, so that (target - mean) / deviation is about 0, give or take 1. */
export interface TargetScale {
  /** Of each output. */
  mean: number[];
  /** Of all outputs together, so that one does not weigh more than another. Above 0. */
  deviation: number;
}

/** @param targets [N, outputs], flat; around 0 where the last layer has no bias to move them by. */
export function spreadOf(
  targets: Float32Array,
  { classes: outputs, parameters }: Architecture,
  spec: Spec,
): TargetScale {
  const rows = targets.length / outputs;
  const mean = new Array<number>(outputs).fill(0);
  if (parameters.some(({ name }) => name === `${headName(spec)}.bias`))
    targets.forEach((target, i) => (mean[i % outputs] = (mean[i % outputs] ?? 0) + target / rows));
  const square = targets.reduce((sum, target, i) => sum + (target - (mean[i % outputs] ?? 0)) ** 2, 0);
  return { mean, deviation: Math.sqrt(square / targets.length) || 1 };
}

export function standardised(targets: Float32Array, { mean, deviation }: TargetScale): Float32Array {
  return targets.map((target, i) => (target - (mean[i % mean.length] ?? 0)) / deviation);
}

/**
 * A copy of a model's weights whose last layer, which is linear, answers in another scale: from the targets' own to the
 * standardised one, or back.
 */
export function moveOutputs({ spec, weights }: Model, scale: TargetScale, to: 'standardised' | 'own'): Weights {
  const moved = copyWeights(weights);
  const factor = to === 'own' ? scale.deviation : 1 / scale.deviation;
  const shift = scale.mean.map((mean) => (to === 'own' ? mean : -mean / scale.deviation));
  const [matrix, bias] = ['weight', 'bias'].map((suffix) => moved.get(`${headName(spec)}.${suffix}`)?.data);
  matrix?.forEach((value, i) => (matrix[i] = value * factor));
  bias?.forEach((value, i) => (bias[i] = value * factor + (shift[i] ?? 0)));
  return moved;
}

/** A mean squared error of standardised targets in the unit of the targets. */
export const inUnit = (loss: number, { deviation }: TargetScale): number => loss * deviation ** 2;
