import { HandfulError } from '../errors.js';
import { infer } from '../models/inference.js';
import type { Model, Weights } from '../models/model.js';
import type { Network } from '../models/network.js';
import { headName, plan } from '../models/spec.js';
import type { Plan } from '../models/spec.js';
import type { FineTuneReport, Progress } from '../types.js';
import { createAugment } from './augment.js';
import { classIndices } from './dataset.js';
import type { Dataset } from './dataset.js';
import { extendFamiliarity } from './familiarity.js';
import { targetLabels, withLabels } from './head.js';
import { prepareLesson } from './lesson.js';
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
  const all = asDataset(samples, labels, 'Sample');
  const given = validation && asDataset(validation, labels, 'Validation sample');
  const thePlan = plan(model.spec);
  let network = await task.build(thePlan, model.weights);
  try {
    const isReader = head === 'kept' && !fresh;
    const tell = (part: number) => onProgress?.({ phase: 'preparing', fraction: 0.04 * part });
    const right = isReader
      ? score(await infer(network, all.inputs, { signal, onProgress: tell }), all.classes).accuracy
      : 0;
    const settings = recipe(validation ? { ...options, validation: 0 } : options, {
      samples: samples.labels.length,
      present: present.size,
      labels: labels.length,
      fresh,
      newHead: head !== 'kept',
      normalised: thePlan.parameters.some(({ kind }) => kind === 'runningMean'),
      right,
      augmentable: model.preprocess.kind !== 'none',
    });
    const augment = settings.augment
      ? createAugment(model.spec.input, model.preprocess, settings.augment === true ? {} : settings.augment)
      : undefined;
    const from = firstLearning(thePlan, settings.layers);
    const { validation: share, seed } = settings;
    const lesson = await prepareLesson(network, all, given, {
      from,
      varied: !!augment,
      share,
      seed,
      signal,
      onProgress,
    });
    const measured = lesson.held ?? lesson.fixed;
    const logits = (set: Dataset) => infer(network, set.inputs, { from, signal });
    const measure = async (set: Dataset) => score(await logits(set), set.classes);

    const before = await measure(measured);
    const hasPrototypes = head !== 'kept' && !fresh;
    if (hasPrototypes) {
      const { inputs, classes } = lesson.chosenInputs;
      const features = await infer(network, inputs, { to: model.spec.layers.length - 1, signal });
      const isNew = labels.map((label) => !task.model.labels.includes(label));
      writePrototypes(model.weights, headName(model.spec), features, classes, isNew);
      network.write(model.weights);
    }
    const perLabel = samples.labels.length / present.size;
    // Without samples of the known classes, training a wider head would be at their cost.
    const isEnough =
      hasPrototypes &&
      options.epochs === undefined &&
      options.layers === undefined &&
      !task.model.labels.some((label) => present.has(label)) &&
      (perLabel < ENOUGH_TO_TRAIN || head === 'extended');
    const isMastered =
      right === 1 &&
      perLabel >= ENOUGH_TO_MASTER &&
      options.epochs === undefined &&
      options.learningRate === undefined &&
      settings.keep === 'better';

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
    const result =
      isEnough || isMastered ? untrained : await learn(lesson.chosen, lesson.held, settings.epochs, 0.1, halfway);
    const { history, bestEpoch, stopped } = result;
    onProgress?.({ phase: 'evaluating', fraction: halfway, history });
    const after = await measure(measured);
    // Weights may be finite and yet so large that no answer is.
    if (!Number.isFinite(after.loss))
      throw new HandfulError(
        'diverged',
        `Training made weights whose answers are not finite; try a learning rate below ${settings.learningRate}.`,
      );

    const isBetterNow = !lesson.held || head !== 'kept' || isBetter(after, before);
    const kept = !isMastered && (isBetterNow || settings.keep === 'always') ? 'tuned' : 'original';
    // What was learned from is answered too surely to tell how sure answers should be.
    const usual = head === 'replaced' ? 1 : (model.temperature ?? 1);
    const temperature = lesson.held ? fitTemperature(await logits(lesson.held), lesson.held.classes, usual) : usual;

    const refit = kept === 'tuned' && settings.refit && history.length > 0 && stopped === 'finished';
    let { weights } = result;
    if (refit) {
      network.write(model.weights);
      // The last epoch was the best but for chance, unless it got more of what was held back wrong.
      const isLastAsRight = history.at(-1)!.validationAccuracy! >= after.accuracy;
      const epochs = isLastAsRight ? settings.epochs : bestEpoch;
      ({ weights } = await learn(lesson.all, undefined, epochs, halfway, 0.98));
    }
    onProgress?.({ phase: 'evaluating', fraction: 0.99, history });
    const report: FineTuneReport = {
      kept,
      before,
      after,
      measuredOn: lesson.held ? 'validation' : 'training',
      measuredSamples: measured.classes.length,
      head: kept === 'tuned' ? head : 'kept',
      layers: isEnough ? 'head' : settings.layers,
      labels: [...(kept === 'tuned' ? labels : task.model.labels)],
      stopped,
      bestEpoch,
      history,
      seconds: (performance.now() - start) / 1000,
      note: '',
    };
    const forgotten = fresh ? [] : labels.filter((label) => task.model.labels.includes(label) && !present.has(label));
    const count = samples.labels.length;
    report.note = explain(report, { samples: count, asked: options.validation, forgotten, isMastered, refit });
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
