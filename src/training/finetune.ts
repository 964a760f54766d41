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
import { recipe, sayScore } from './options.js';
import type { TuneOptions } from './options.js';
import { writePrototypes } from './prototypes.js';
import { fitTemperature } from './temperature.js';
import { train } from './trainer.js';
import type { TrainOptions, TrainResult } from './trainer.js';

/** Prepared samples with their labels by name. */
export interface LabelledInputs {
  /** [N, ...input], standardised, flat. */
  inputs: Float32Array;
  labels: string[];
}

/** Of fewer samples a class, training makes nothing better than their prototypes. */
const ENOUGH_TO_TRAIN = 6;

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
  const { samples, validation, signal, onProgress } = task;
  const start = performance.now();
  const labels = task.options.labels ?? targetLabels(task.model.labels, samples.labels);
  const { model, head } = withLabels(task.model, labels, task.options.seed ?? 0);
  const present = new Set(samples.labels);
  const settings = recipe(validation ? { ...task.options, validation: 0 } : task.options, {
    samples: samples.labels.length,
    present: present.size,
    labels: labels.length,
    fresh: task.model.fresh === true,
    newHead: head !== 'kept',
    augmentable: model.preprocess.kind !== 'none',
  });
  const augment = settings.augment
    ? createAugment(model.spec.input, model.preprocess, settings.augment === true ? {} : settings.augment)
    : undefined;
  const { data, held } = holdBack(
    asDataset(samples, labels, 'Sample'),
    validation && asDataset(validation, labels, 'Validation sample'),
    settings.validation,
    settings.seed,
  );
  const measured = held ?? data;

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
    const fixedSet = augment && held ? data : await features(data, 0, 0.08);
    const trainSet = augment ? data : fixedSet;
    const heldSet = held && (await features(held, 0.08, 0.1));
    const measuredSet = heldSet ?? fixedSet;
    const measure = async () => score(await infer(network, measuredSet.inputs, { from, signal }), measured.classes);

    const before = await measure();
    const hasPrototypes = head !== 'kept' && !task.model.fresh;
    if (hasPrototypes) {
      const taken = await infer(network, data.inputs, { to: model.spec.layers.length - 1, signal });
      const isNew = labels.map((label) => !task.model.labels.includes(label));
      writePrototypes(model.weights, headName(model.spec), taken, data.classes, isNew);
      network.write(model.weights);
    }
    const isFew = samples.labels.length < ENOUGH_TO_TRAIN * present.size;
    const isOwnChoice = task.options.epochs === undefined && task.options.layers === undefined;
    // Without samples of the known classes, training a wider head would be at their cost.
    const isEnough =
      hasPrototypes &&
      isOwnChoice &&
      !task.model.labels.some((label) => present.has(label)) &&
      (isFew || head === 'extended');
    const nothing: TrainResult = { weights: model.weights, bestEpoch: 0, history: [], stopped: 'finished' };
    const training = {
      ...settings,
      augment,
      from,
      validation: heldSet,
      signal,
      onProgress: (progress: Progress) => onProgress?.({ ...progress, fraction: 0.1 + 0.88 * progress.fraction }),
      onLost: async (weights: Weights) => {
        network.dispose();
        return (network = await task.build(thePlan, weights));
      },
    } satisfies TrainOptions;
    const result = isEnough ? nothing : await train(network, trainSet, training);
    onProgress?.({ phase: 'evaluating', fraction: 0.99, history: result.history });
    const after = await measure();
    // Weights may be finite and yet so large that no answer is.
    if (!Number.isFinite(after.loss))
      throw new HandfulError(
        'diverged',
        `Training made weights whose answers are not finite; try a learning rate below ${settings.learningRate}.`,
      );

    const better = !held || head !== 'kept' || isBetter(after, before);
    const kept = better || settings.keep === 'always' ? 'tuned' : 'original';
    const report: FineTuneReport = {
      kept,
      before,
      after,
      measuredOn: held ? 'validation' : 'training',
      measuredSamples: measured.classes.length,
      head: kept === 'tuned' ? head : 'kept',
      layers: isEnough ? 'head' : settings.layers,
      labels: [...(kept === 'tuned' ? labels : task.model.labels)],
      stopped: result.stopped,
      bestEpoch: result.bestEpoch,
      history: result.history,
      seconds: (performance.now() - start) / 1000,
      note: '',
    };
    const forgotten = task.model.fresh
      ? []
      : labels.filter((label) => task.model.labels.includes(label) && !present.has(label));
    report.note = explain(report, samples.labels.length, task.options.validation, forgotten);
    if (kept === 'original') return { model: task.model, report };

    const tuned: Model = { ...model, weights: result.weights, fresh: false };
    if (head === 'replaced')
      delete tuned.familiarity; // the judge knows the classes of old alone
    else if (tuned.familiarity)
      for (const { inputs, classes } of held ? [data, held] : [data]) {
        const to = tuned.familiarity.layer;
        tuned.familiarity = extendFamiliarity(tuned.familiarity, await infer(network, inputs, { to, signal }), classes);
      }
    // What was learned from is answered too surely to tell how sure answers should be.
    const known = head === 'replaced' ? 1 : (model.temperature ?? 1);
    tuned.temperature = heldSet
      ? fitTemperature(await infer(network, heldSet.inputs, { from, signal }), heldSet.classes, known)
      : known;
    return { model: tuned, report };
  } finally {
    network.dispose();
  }
}

function asDataset({ inputs, labels }: LabelledInputs, known: readonly string[], what: string): Dataset {
  return { inputs, classes: classIndices(labels, known, what) };
}

function holdBack(data: Dataset, validation: Dataset | undefined, share: number, seed: number) {
  if (validation) return { data, held: validation };
  const { train, held } = stratifiedSplit(data.classes, share, seed);
  return held.length === 0 ? { data, held: undefined } : { data: subset(data, train), held: subset(data, held) };
}

/** The first top-level layer that learns, if `layers` counts those with weights from the end. */
function firstLearning({ parameters }: Plan, layers: 'all' | 'head' | number): number {
  if (layers === 'all') return 0;
  const withWeights = [...new Set(parameters.map(({ layer }) => layer))];
  const index = withWeights.length - (layers === 'head' ? 1 : layers);
  return index <= 0 ? 0 : withWeights[index]!;
}

function explain(
  report: FineTuneReport,
  samples: number,
  asked: number | undefined,
  forgotten: readonly string[],
): string {
  const { before, after, measuredOn, measuredSamples, kept } = report;
  const change = `${sayScore(before)} before, ${sayScore(after)} after`;
  const few = asked === undefined ? `${count(samples)} too few to hold any back` : 'Nothing was held back';
  const sentences = [
    measuredOn === 'validation'
      ? `On ${measuredSamples} ${measuredSamples === 1 ? 'sample' : 'samples'} held back: ${change}.`
      : `${few}, so these figures are of the samples learned from, and flatter: ${change}.`,
  ];
  if (kept === 'original') sentences.push('That is no better, so the original weights were kept.');
  if (report.stopped === 'diverged')
    sentences.push('The loss stopped being a finite number; the last good weights were restored.');
  if (kept === 'tuned' && report.history.length === 0)
    sentences.push('Each new class was made of the mean features of its samples, a prototype; nothing else learned.');
  if (report.stopped === 'early') sentences.push(`Stopped early; epoch ${report.bestEpoch} was the best.`);
  if (kept === 'tuned' && forgotten.length > 0)
    sentences.push(`There were no samples of ${forgotten.join(', ')}, which may be read worse now; add a few of each.`);
  return sentences.join(' ');
}

const count = (samples: number): string => (samples === 1 ? '1 sample is' : `${samples} samples are`);
