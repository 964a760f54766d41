import { HandfulError } from '../errors.js';
import { infer } from '../models/inference.js';
import type { Model, Weights } from '../models/model.js';
import type { Network } from '../models/network.js';
import { headName, plan } from '../models/spec.js';
import type { Plan } from '../models/spec.js';
import type { FineTuneReport, Progress } from '../types.js';
import { createAugment } from './augment.js';
import { classIndices, stratifiedSplit, subset } from './dataset.js';
import type { Dataset } from './dataset.js';
import { extendFamiliarity } from './familiarity.js';
import { targetLabels, withLabels } from './head.js';
import { isBetter, score } from './metrics.js';
import { recipe } from './options.js';
import type { TuneOptions } from './options.js';
import { writePrototypes } from './prototypes.js';
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

/** Of fewer samples a class, training makes nothing better than their prototypes. */
const ENOUGH_TO_TRAIN = 6;

/** So many of each class, all read right before learning, say that there is nothing to learn. */
const ENOUGH_TO_MASTER = 5;
/** Factor on the steps where all of fewer samples are read right. */
const CAUTION = 0.25;

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
  const { samples, validation, signal, onProgress, options } = task;
  const start = performance.now();
  const labels = options.labels ?? targetLabels(task.model.labels, samples.labels);
  const { model, head } = withLabels(task.model, labels, options.seed ?? 0);
  const fresh = task.model.fresh === true;
  const present = new Set(samples.labels);
  const settings = recipe(validation ? { ...options, validation: 0 } : options, {
    samples: samples.labels.length,
    present: present.size,
    labels: labels.length,
    fresh,
    newHead: head !== 'kept',
    augmentable: model.preprocess.kind !== 'none',
  });
  const augment = settings.augment
    ? createAugment(model.spec.input, model.preprocess, settings.augment === true ? {} : settings.augment)
    : undefined;
  const all = asDataset(samples, labels, 'Sample');
  const given = validation && asDataset(validation, labels, 'Validation sample');
  const thePlan = plan(model.spec);
  const from = firstLearning(thePlan, settings.layers);
  let network = await task.build(thePlan, model.weights);
  try {
    // Layers that do not learn give the same features in every epoch: computed once, they are the inputs from here on;
    // but for samples that are varied, which are other ones in every epoch.
    const features = async (set: Dataset, first: number, last: number): Promise<Dataset> => {
      if (from === 0) return set;
      const inputs = await infer(network, set.inputs, {
        to: from,
        signal,
        onProgress: (part) => onProgress?.({ phase: 'preparing', fraction: first + part * (last - first) }),
      });
      return { inputs, classes: set.classes };
    };
    const fixed = await features(all, 0, 0.08);
    const split = stratifiedSplit(all.classes, given ? 0 : settings.validation, settings.seed);
    const apart = (set: Dataset) => (split.held.length > 0 ? subset(set, split.train) : set);
    const heldSet = given
      ? await features(given, 0.08, 0.1)
      : split.held.length > 0
        ? subset(fixed, split.held)
        : undefined;
    const measuredSet = heldSet ?? fixed;
    const measure = async (set: Dataset) => score(await infer(network, set.inputs, { from, signal }), set.classes);

    const before = await measure(measuredSet);
    const hasPrototypes = head !== 'kept' && !fresh;
    if (hasPrototypes) {
      const { inputs, classes } = apart(all);
      const taken = await infer(network, inputs, { to: model.spec.layers.length - 1, signal });
      const isNew = labels.map((label) => !task.model.labels.includes(label));
      writePrototypes(model.weights, headName(model.spec), taken, classes, isNew);
      network.write(model.weights);
    }
    const perLabel = samples.labels.length / present.size;
    const { epochs, layers, learningRate } = options;
    // Without samples of the known classes, training a wider head would be at their cost.
    const isEnough =
      hasPrototypes &&
      epochs === undefined &&
      layers === undefined &&
      !task.model.labels.some((label) => present.has(label)) &&
      (perLabel < ENOUGH_TO_TRAIN || head === 'extended');
    // Who reads all of it has little to learn, and something to lose.
    const isKnown =
      head === 'kept' &&
      !fresh &&
      epochs === undefined &&
      learningRate === undefined &&
      settings.keep === 'better' &&
      (await measure(fixed)).accuracy === 1;
    const isMastered = isKnown && perLabel >= ENOUGH_TO_MASTER;

    const learn = (set: Dataset, heldSet: Dataset | undefined, epochs: number, first: number, last: number) =>
      train(network, set, {
        ...settings,
        learningRate: settings.learningRate * (isKnown ? CAUTION : 1),
        epochs,
        augment,
        from,
        validation: heldSet,
        signal,
        onProgress: (progress) => onProgress?.({ ...progress, fraction: first + (last - first) * progress.fraction }),
        onLost: async (weights) => {
          network.dispose();
          return (network = await task.build(thePlan, weights));
        },
      });
    const lessons = augment ? all : fixed;
    const halfway = settings.refit ? 0.54 : 0.98;
    const untrained: TrainResult = { weights: model.weights, bestEpoch: 0, history: [], stopped: 'finished' };
    const result =
      isEnough || isMastered ? untrained : await learn(apart(lessons), heldSet, settings.epochs, 0.1, halfway);
    onProgress?.({ phase: 'evaluating', fraction: halfway, history: result.history });
    const after = await measure(measuredSet);
    // Weights may be finite and yet so large that no answer is.
    if (!Number.isFinite(after.loss))
      throw new HandfulError(
        'diverged',
        `Training made weights whose answers are not finite; try a learning rate below ${settings.learningRate}.`,
      );

    const better = !heldSet || head !== 'kept' || isBetter(after, before);
    const kept = !isMastered && (better || settings.keep === 'always') ? 'tuned' : 'original';
    const forgotten = fresh ? [] : labels.filter((label) => task.model.labels.includes(label) && !present.has(label));
    // What was learned from is answered too surely to tell how sure answers should be.
    const usual = head === 'replaced' ? 1 : (model.temperature ?? 1);
    const temperature = heldSet
      ? fitTemperature(await infer(network, heldSet.inputs, { from, signal }), heldSet.classes, usual)
      : usual;

    const refit = kept === 'tuned' && settings.refit && result.history.length > 0 && result.stopped === 'finished';
    let { weights } = result;
    if (refit) {
      network.write(model.weights);
      // The last epoch was the best but for chance, unless it got more of what was held back wrong.
      const isLastAsRight = result.history.at(-1)!.validationAccuracy! >= after.accuracy;
      ({ weights } = await learn(
        lessons,
        undefined,
        isLastAsRight ? settings.epochs : result.bestEpoch,
        halfway,
        0.98,
      ));
    }
    onProgress?.({ phase: 'evaluating', fraction: 0.99, history: result.history });
    const report: FineTuneReport = {
      kept,
      before,
      after,
      measuredOn: heldSet ? 'validation' : 'training',
      measuredSamples: measuredSet.classes.length,
      head: kept === 'tuned' ? head : 'kept',
      layers: isEnough ? 'head' : settings.layers,
      labels: [...(kept === 'tuned' ? labels : task.model.labels)],
      stopped: result.stopped,
      bestEpoch: result.bestEpoch,
      history: result.history,
      seconds: (performance.now() - start) / 1000,
      note: '',
    };
    report.note = explain(report, {
      samples: samples.labels.length,
      asked: options.validation,
      forgotten,
      isMastered,
      refit,
    });
    if (kept === 'original' && !isMastered) return { model: task.model, report };

    const tuned: Model = isMastered ? { ...task.model } : { ...model, weights, temperature, fresh: false };
    if (head === 'replaced')
      delete tuned.familiarity; // the judge knows the classes of old alone
    else if (tuned.familiarity)
      for (const { inputs, classes } of given ? [all, given] : [all]) {
        const to = tuned.familiarity.layer;
        tuned.familiarity = extendFamiliarity(tuned.familiarity, await infer(network, inputs, { to, signal }), classes);
      }
    return { model: tuned, report };
  } finally {
    network.dispose();
  }
}

function asDataset({ inputs, labels }: LabelledInputs, known: readonly string[], what: string): Dataset {
  return { inputs, classes: classIndices(labels, known, what) };
}

/** The first top-level layer that learns, if `layers` counts those with weights from the end. */
function firstLearning({ parameters }: Plan, layers: 'all' | 'head' | number): number {
  if (layers === 'all') return 0;
  const withWeights = [...new Set(parameters.map(({ layer }) => layer))];
  const index = withWeights.length - (layers === 'head' ? 1 : layers);
  return index <= 0 ? 0 : withWeights[index]!;
}
