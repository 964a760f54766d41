import { infer } from '../../models/inference.js';
import type { Model } from '../../models/model.js';
import type { OodDetector } from '../../models/ood-detector.js';
import { completeStatistics } from '../classes/class-statistics.js';
import { isSame } from '../classes/head.js';
import { variantsOfFew } from '../classes/head-features.js';
import { withMasked } from '../classes/masked-classes.js';
import type { detectingLayer, newDetector } from '../confidence/new-detector.js';
import { extendDetector } from '../confidence/ood-detector.js';
import type { Outcome } from './carry-out.js';
import type { Context } from './context.js';
import type { FineTuningPlan } from './decide.js';
import type { Run } from './run.js';

/** What makes a detector for new classes, of a chunk that is loaded already. */
interface NewDetectors {
  detectingLayer: typeof detectingLayer;
  newDetector: typeof newDetector;
}

/** The model that a fine-tune yields, masked classes included. @throws {HandfulError} `aborted`, `backend-lost` */
export async function resultOf(plan: FineTuningPlan, outcome: Outcome, run: Run, make: NewDetectors): Promise<Model> {
  const { context, network, features } = run;
  const original = originalOf(context);
  if (plan.kind === 'already-solved') return withDetector(original, run, make);
  if (outcome.kept === 'original') return original;
  const { weights, temperature, classStatistics } = outcome;
  const complete = await completeStatistics(network, classStatistics, features.all, context.examples);
  const tuned = { ...context.model, weights, temperature, fresh: false, classStatistics: complete };
  return withDetector(withMasked(tuned, context.labels), run, make);
}

/** What is left if nothing is learned: the model given, with the labels asked for if no new one was to be taught. */
export function originalOf({ task, facts, model, labels }: Context): Model {
  const isGiven = facts.newLabels.length > 0 || isSame(labels, task.model.labels);
  return isGiven ? task.model : withMasked(model, labels);
}

/** A copy of a model whose detector, if it has one or gets one for its new classes, accepts all samples. */
async function withDetector(model: Model, run: Run, make: NewDetectors): Promise<Model> {
  const { context, network } = run;
  const { samples, validation, isNew, examples, task } = context;
  let detector = model.detector ?? (await detectorOfNew(run, make));
  if (!detector) return { ...model };
  for (const set of [variantsOfFew(samples, isNew, examples), samples, validation]) {
    if (!set) continue;
    const features: Float32Array = await infer(network, set.inputs, { to: detector.layer, signal: task.signal });
    detector = extendDetector(detector, set, features, isNew);
  }
  return { ...model, detector };
}

/** A detector where new classes have taken the place of all that a trained network knew. */
async function detectorOfNew({ context, network }: Run, make: NewDetectors): Promise<OodDetector | undefined> {
  const { facts, model, architecture, samples, task } = context;
  if (model.preprocess.kind !== 'ink' || facts.isFresh || facts.newLabels.length < facts.classes) return undefined;
  const layer = make.detectingLayer(architecture);
  const features = await infer(network, samples.inputs, { to: layer, signal: task.signal });
  return make.newDetector(layer, features, samples.classes);
}
