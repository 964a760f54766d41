import { argMax } from '../common/arg-max.js';
import type { Epoch, Learner, StepFit } from './executor.js';

/** An epoch on a device that does its steps one by one. */
export async function stepByStep(learner: Pick<Learner, 'step'>, epoch: Epoch): Promise<StepFit[]> {
  const found: StepFit[] = [];
  for (const [index, rate] of epoch.rates.entries()) {
    const { inputs, targets } = await epoch.batch(index);
    const { loss, logits } = await learner.step(inputs, targets, rate);
    const fit = { loss, right: countRight(logits, targets, epoch.batches[index] ?? 0) };
    found.push(fit);
    if (!Number.isFinite(loss)) break;
    await epoch.onSteps(index + 1, [fit]);
  }
  return found;
}

function countRight(logits: Float32Array, targets: Float32Array, count: number): number {
  const width = targets.length / count;
  let right = 0;
  for (let i = 0; i < count; i++) if (argMax(logits, i * width, width) === argMax(targets, i * width, width)) right++;
  return right;
}
