import { infer } from '../../models/inference.js';
import type { Model } from '../../models/model.js';
import type { OodDetector } from '../../models/ood-detector.js';
import { completeStatistics } from '../classes/class-statistics.js';
import { isSame } from '../classes/head.js';
import { variantsOfFew } from '../classes/head-features.js';
import { withMasked } from '../classes/masked-classes.js';
import { extendDetector } from '../confidence/ood-detector.js';
import type { Outcome } from './carry-out.js';
import type { Context } from './context.js';
import type { FineTuningPlan } from './decide.js';
import type { Run } from './run.js';

/** The model that a fine-tune yields, masked classes included. @throws {HandfulError} `aborted`, `backend-lost` */
export async function resultOf(plan: FineTuningPlan, outcome: Outcome, run: Run): Promise<Model> {
  const { context, network, features } = run;
  const original = originalOf(context);
  if (plan.kind === 'already-solved') return withDetector(original, run);
  if (outcome.kept === 'original') return original;
  const { weights, temperature, classStatistics } = outcome;
  const complete = await completeStatistics(network, classStatistics, features.all, context.examples);
  const tuned = { ...context.model, weights, temperature, fresh: false, classStatistics: complete };
  return withDetector(withMasked(tuned, context.labels), run);
}

/** What is left if nothing is learned: the model given, with the labels asked for if no new one was to be taught. */
export function originalOf({ task, facts, model, labels }: Context): Model {
  const isGiven = facts.newLabels.length > 0 || isSame(labels, task.model.labels);
  return isGiven ? task.model : withMasked(model, labels);
}

/** A copy of a model whose detector, if it has one, accepts all samples. */
async function withDetector(model: Model, { context, network }: Run): Promise<Model> {
  if (!model.detector) return { ...model };
  const { samples, validation, isNew, examples, task } = context;
  let detector: OodDetector = model.detector;
  for (const set of [variantsOfFew(samples, isNew, examples), samples, validation]) {
    if (!set) continue;
    const features = await infer(network, set.inputs, { to: detector.layer, signal: task.signal });
    detector = extendDetector(detector, set, features, isNew);
  }
  return { ...model, detector };
}
