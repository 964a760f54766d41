import { HandfulError } from '../../errors.js';
import type { ClassStatistics } from '../../models/class-statistics.js';
import type { Weights } from '../../models/model.js';
import type { FineTuneReport, Score } from '../../types.js';
import { compensateDrift } from '../classes/mean-drift.js';
import { fitTemperature } from '../confidence/temperature.js';
import { unusableWeights } from '../loop/unusable.js';
import { isBetter } from '../loop/metrics.js';
import type { TrainResult } from '../loop/trainer.js';
import type { FineTuningPlan } from './decide.js';
import type { Part, Run } from './run.js';
import type { Settings } from './settings.js';

/** What has come of a plan. */
export interface Outcome extends TrainResult, Assessment {
  /** What was held back was learned from in the end. */
  isRefit: boolean;
  /** As the classes' features are now; those of some new classes may be missing. */
  classStatistics: ClassStatistics | undefined;
}

/** How weights that have learned compare with those before. */
interface Assessment {
  after: Score;
  kept: FineTuneReport['kept'];
  temperature: number;
}

const TRAINING: Part = [0.1, 0.98];
const FIRST: Part = [0.1, 0.54];
const SECOND: Part = [0.54, 0.98];

/** @throws {HandfulError} `aborted`, `diverged`, `backend-lost` */
export function carryOut(plan: FineTuningPlan, run: Run): Promise<Outcome> {
  switch (plan.kind) {
    case 'already-solved':
      return Promise.resolve(leaveAsItIs(run));
    case 'new-classes':
      return fitNewClassesAlone(run, plan);
    case 'train':
      return withDrift(run, plan.settings, () => trainOnce(run, plan.settings, TRAINING));
    case 'train-and-refit':
      return withDrift(run, plan.settings, () => trainAndRefit(run, plan.settings));
  }
}

/** The weights that training would begin with. */
const untrained = ({ begun: { weights, classStatistics } }: Run): Omit<Outcome, keyof Assessment> => ({
  ...{ weights, classStatistics },
  ...{ bestEpoch: 0, history: [], stopped: 'finished', isRefit: false },
});

function leaveAsItIs(run: Run): Outcome {
  const { temperature = 1 } = run.context.model;
  return { ...untrained(run), after: run.before, kept: 'original', temperature };
}

async function fitNewClassesAlone(
  run: Run,
  { settings, refit }: { settings: Settings; refit: boolean },
): Promise<Outcome> {
  run.tellEvaluating(refit ? FIRST[1] : TRAINING[1], []);
  const assessment = await assess(run, settings);
  const isRefit = refit && assessment.kept === 'tuned';
  if (isRefit) await run.start(run.features.all);
  return { ...untrained(run), ...assessment, isRefit };
}

async function trainOnce(run: Run, settings: Settings, part: Part): Promise<Outcome> {
  const { training, validation } = run.features;
  const result = await run.train(training, settings, validation, part);
  run.tellEvaluating(part[1], result.history);
  return { ...untrained(run), ...result, ...(await assess(run, settings)) };
}

async function trainAndRefit(run: Run, settings: Settings): Promise<Outcome> {
  const once = await trainOnce(run, settings, FIRST);
  if (once.kept === 'original' || once.stopped !== 'finished') return once;
  const weights = await refit(run, settings, once);
  const { classStatistics } = run.begun;
  return { ...once, classStatistics, ...(weights && { weights, isRefit: true }) };
}

/**
 * Trains from the start again, on all samples. Nothing is held back any more that could tell whether this is better; worse
 * on all samples it must not be.
 * @returns Undefined, with the earlier weights in the network, if it is worse.
 */
async function refit(run: Run, settings: Settings, once: Outcome): Promise<Weights | undefined> {
  const { features, context } = run;
  const first = await run.score(features.fixed);
  await run.start(features.all);
  // The last epoch was the best but for chance, unless it got more of what was held back wrong; a new head needs all.
  const { validationAccuracy = 0 } = once.history.at(-1) ?? {};
  const areAllGood = context.facts.isHeadNew || validationAccuracy >= once.after.accuracy;
  const epochs = areAllGood ? settings.epochs : once.bestEpoch;
  const again = await run.train(features.all, { ...settings, epochs }, undefined, SECOND).catch(unlessDiverged);
  const now = again && (await run.score(features.fixed));
  if (now && now.accuracy >= first.accuracy && Number.isFinite(now.loss)) return again.weights;
  run.network.write(once.weights);
  return undefined;
}

/** Lets a second training fail, since the weights of the first are there to fall back on. */
function unlessDiverged(error: unknown): undefined {
  if (!(error instanceof HandfulError && error.code === 'diverged')) throw error;
}

/** Trains, and lets class statistics follow where layers below the head learn. */
async function withDrift(run: Run, { layers }: Settings, learn: () => Promise<Outcome>): Promise<Outcome> {
  if (layers === 'head' || !run.begun.classStatistics) return learn();
  const before = await run.meansAtHead();
  const outcome = await learn();
  if (outcome.kept === 'original' || !outcome.classStatistics) return outcome;
  return { ...outcome, classStatistics: compensateDrift(outcome.classStatistics, before, await run.meansAtHead()) };
}

/** Compares the network's weights with those before, and finds its temperature. */
async function assess(run: Run, { keep, learningRate }: Settings): Promise<Assessment> {
  const { facts, model } = run.context;
  const { validation } = run.features;
  const after = await run.score(run.measured);
  if (!Number.isFinite(after.loss)) throw unusableWeights(learningRate);
  const isImproved = !validation || facts.newLabels.length > 0 || isBetter(after, run.before);
  // What was learned from is answered too surely to tell how sure answers should be.
  const known = facts.replays ? run.begun.temperature : model.temperature;
  const usual = (facts.head === 'replaced' && !facts.replays ? 1 : known) ?? 1;
  const temperature = validation ? fitTemperature(await run.logits(validation), validation.classes, usual) : usual;
  return { after, kept: isImproved || keep === 'always' ? 'tuned' : 'original', temperature };
}
