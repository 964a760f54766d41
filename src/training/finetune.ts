import { HandfulError } from '../errors.js';
import type { Familiarity } from '../models/ood-detector.js';
import { infer } from '../models/inference.js';
import type { Model, Weights } from '../models/model.js';
import type { Network } from '../models/network.js';
import type { Plan } from '../models/spec.js';
import type { FineTuneReport, Progress } from '../types.js';
import type { Dataset } from './dataset.js';
import { extendFamiliarity } from './familiarity.js';
import { isSame } from './head.js';
import { prepareLesson } from './lesson.js';
import { checkAnswers, isBetter, score } from './metrics.js';
import { addClasses, completeMemory, drifted, meansAtHead, spreadOfFew, startAsPrototypes } from './newclasses.js';
import { recipe } from './recipe.js';
import type { TuneOptions } from './recipe.js';
import { isDoneAt, isMasteredAt, outset } from './outset.js';
import type { Outset } from './outset.js';
import { explain } from './report.js';
import { fitTemperature } from './temperature.js';
import { train } from './trainer.js';
import type { TrainResult } from './trainer.js';

/** Prepared samples with their labels by name. */
export interface LabelledInputs {
  /** [N, ...input], standardised, flat. */
  inputs: Float32Array;
  labels: string[];
}

export interface FineTuneTask {
  /** What is to be tuned; left as it is. */
  model: Model;
  samples: LabelledInputs;
  /** Samples to validate on, if the caller gave some. */
  validation?: LabelledInputs | undefined;
  options: TuneOptions;
  /** Puts a network on the device in use; called again if a GPU is lost on the way. The task disposes of it. */
  build: (plan: Plan, weights: Weights) => Promise<Network>;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface FineTuneResult {
  /** The tuned model, or the one given if that was better. */
  model: Model;
  report: FineTuneReport;
}

/**
 * Fine-tunes a copy of a model on a few samples and keeps it only if it is better on samples that were held back.
 * @throws {HandfulError} `bad-argument`, `aborted`, `diverged` or `backend-lost`; the model given is untouched.
 */
export async function fineTune(task: FineTuneTask): Promise<FineTuneResult> {
  const { signal, onProgress, options } = task;
  const start = performance.now();
  const given = outset(task);
  const { model, head, thePlan, isNew, isTaught, recalls, situation, circumstances } = given;
  const { augment } = circumstances;
  // What is left if nothing is learned: the labels asked for, if no new one among them could be taught.
  const original = isTaught || isSame(model.labels, task.model.labels) ? task.model : model;
  let network = await task.build(thePlan, model.weights);
  try {
    const lesson = await prepareLesson(network, given, onProgress);
    const { from } = given;
    const measured = lesson.held ?? lesson.fixed;
    const logits = (set: Dataset) => infer(network, set.inputs, { from, signal });
    const measure = async (set: Dataset) => score(await logits(set), set.classes);

    const before = score(checkAnswers(await logits(measured)), measured.classes);
    const place = async (set: Dataset) => {
      if (recalls) await addClasses(network, model, set, isNew, circumstances);
      else if (isTaught && !situation.fresh) await startAsPrototypes(network, model, set, isNew, circumstances);
    };
    await place(lesson.chosen);
    const right = situation.fresh || situation.newHead ? 0 : (await measure(lesson.fixed)).accuracy;
    const settings = recipe(given.options, { ...situation, right });
    const isMastered = isMasteredAt(given, right);
    const learn = (set: Dataset, held: Dataset | undefined, epochs: number, first: number, last: number) =>
      train(network, set, {
        ...settings,
        epochs,
        augment,
        from,
        validation: held,
        signal,
        onProgress: (progress) => onProgress?.({ ...progress, fraction: first + (last - first) * progress.fraction }),
        onLost: async (weights) => {
          network.dispose();
          return (network = await task.build(thePlan, weights));
        },
      });
    const halfway = settings.refit ? 0.54 : 0.98;
    const untrained: TrainResult = { weights: model.weights, bestEpoch: 0, history: [], stopped: 'finished' };
    const isTrained = !isMastered && !isDoneAt(given, right);
    const isDrifting = isTrained && settings.layers !== 'head' && model.memory;
    const meansBefore = isDrifting ? await meansAtHead(network, lesson.fixed, from, signal) : [];
    const result = isTrained ? await learn(lesson.chosen, lesson.held, settings.epochs, 0.1, halfway) : untrained;
    const { history, bestEpoch, stopped } = result;
    onProgress?.({ phase: 'evaluating', fraction: halfway, history });
    const after = await measure(measured);
    // Weights may be finite and yet so large that no answer is.
    if (!Number.isFinite(after.loss))
      throw new HandfulError(
        'diverged',
        `Training made weights whose answers are not finite; try a learning rate below ${settings.learningRate}.`,
      );

    const isBetterNow = !lesson.held || isTaught || isBetter(after, before);
    const kept = !isMastered && (isBetterNow || settings.keep === 'always') ? 'tuned' : 'original';
    // What was learned from is answered too surely to tell how sure answers should be.
    const usual = head === 'replaced' ? 1 : (model.temperature ?? 1);
    const temperature = lesson.held ? fitTemperature(await logits(lesson.held), lesson.held.classes, usual) : usual;

    let refit = kept === 'tuned' && settings.refit && stopped === 'finished';
    let { weights } = result;
    if (refit) {
      const first = isTrained && (await measure(lesson.fixed));
      network.write(model.weights);
      await place(lesson.all);
      if (first) {
        // The last epoch was the best but for chance, unless it got more of what was held back wrong; a new head needs all.
        const isLastAsRight = situation.newHead || history.at(-1)!.validationAccuracy! >= after.accuracy;
        const epochs = isLastAsRight ? settings.epochs : bestEpoch;
        const again = await learn(lesson.all, undefined, epochs, halfway, 0.98).catch(unlessDiverged);
        // Nothing is held back any more that could tell whether this is better; worse on all samples it must not be.
        const now = again && (await measure(lesson.fixed));
        refit = now !== undefined && now.accuracy >= first.accuracy && Number.isFinite(now.loss);
        if (refit) ({ weights } = again!);
        else network.write(weights);
      } else weights = model.weights;
    }
    onProgress?.({ phase: 'evaluating', fraction: 0.99, history });
    const report: FineTuneReport = {
      kept,
      before,
      after,
      measuredOn: lesson.held ? 'validation' : 'training',
      measuredSamples: measured.classes.length,
      head: kept === 'tuned' ? head : 'kept',
      layers: isTrained || isMastered ? settings.layers : 'head',
      labels: [...(kept === 'tuned' ? model : original).labels],
      stopped,
      bestEpoch,
      history,
      seconds: (performance.now() - start) / 1000,
      note: '',
    };
    const { samples } = situation;
    report.note = explain(report, { ...given, samples, asked: options.validation, isMastered, isTrained, refit });

    if (kept === 'original' && !isMastered) return { model: original, report };
    const tuned: Model = isMastered ? { ...original } : { ...model, weights, temperature, fresh: false };
    if (!isMastered) {
      const memory = isDrifting
        ? drifted(model.memory!, meansBefore, await meansAtHead(network, lesson.fixed, from, signal))
        : model.memory;
      tuned.memory = await completeMemory(network, memory, lesson.all, circumstances);
    }
    if (tuned.familiarity) tuned.familiarity = await familiarityAfter(network, tuned.familiarity, given);
    return { model: tuned, report };
  } finally {
    network.dispose();
  }
}

/** Nothing, in the place of a training that failed where another one is at hand. */
function unlessDiverged(error: unknown): undefined {
  if (!(error instanceof HandfulError && error.code === 'diverged')) throw error;
}

/** What is familiar to the tuned network: what was, and all samples. */
async function familiarityAfter(network: Network, before: Familiarity, given: Outset): Promise<Familiarity> {
  const { all, validation, isNew, circumstances } = given;
  let familiarity = before;
  for (const set of [spreadOfFew(all, isNew, circumstances), all, validation]) {
    if (!set) continue;
    const features = await infer(network, set.inputs, { to: familiarity.layer, signal: circumstances.signal });
    familiarity = extendFamiliarity(familiarity, set, features, isNew);
  }
  return familiarity;
}
