import { HandfulError } from '../../errors.js';
import { random, shuffle } from '../../common/random.js';
import { infer } from '../../models/inference.js';
import type { Model, Weights } from '../../models/model.js';
import type { Network } from '../../models/network.js';
import { lower } from '../../models/lowering/lower.js';
import type { Architecture } from '../../models/lowering/lower.js';
import type { Progress, RegressionReport } from '../../types.js';
import type { Dataset } from '../loop/dataset.js';
import { checkAnswers, meanSquaredError } from '../loop/metrics.js';
import { chooseSettings } from './settings.js';
import type { RegressionTuneOptions } from './settings.js';
import { moveOutputs, spreadOf, standardised } from './target-scale.js';
import { train } from '../loop/trainer.js';

/** Prepared samples with what the network should answer. */
export interface TargetedInputs {
  /** [N, ...input], standardised, flat. */
  inputs: Float32Array;
  /** [N, outputs], flat. */
  targets: Float32Array;
}

export interface RegressionTask {
  /** What is to be tuned; left as it is. */
  model: Model;
  samples: TargetedInputs;
  /** Samples to validate on, if the caller gave some. */
  validation?: TargetedInputs | undefined;
  options: RegressionTuneOptions;
  /** Puts a network on the device in use; called again if a GPU is lost on the way. The task disposes of it. */
  build: (architecture: Architecture, weights: Weights) => Promise<Network>;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface RegressionResult {
  /** The tuned model, or the one given if that was better. */
  model: Model;
  report: RegressionReport;
}

/**
 * Trains all layers of a copy of a model on the squared error and keeps it only if that is less on samples that were
 * held back. Targets are standardised meanwhile, so that their unit changes nothing of how the network learns.
 * @throws {HandfulError} `aborted`, `diverged` or `backend-lost`; the model given is untouched.
 */
export async function fineTuneRegression(task: RegressionTask): Promise<RegressionResult> {
  const { model, samples, options, signal, onProgress } = task;
  const start = performance.now();
  const architecture = lower(model.spec);
  const count = samples.targets.length / architecture.classes;
  const settings = chooseSettings(task.validation ? { ...options, validation: 0 } : options, count, !!model.fresh);
  const [chosen, split] = splitOff(samples, count, settings.validation, settings.seed);
  const held = task.validation ?? split;
  const scale = spreadOf(chosen.targets, architecture, model.spec);
  const loss = (share: number): number => share * scale.deviation ** 2; // in the unit of the targets
  const inScale = (set: TargetedInputs): Dataset => ({
    inputs: set.inputs,
    targets: standardised(set.targets, scale),
    classes: new Int32Array(set.targets.length / architecture.classes),
  });

  let network = await task.build(architecture, model.weights);
  try {
    const measured = held ?? samples;
    const measure = async () =>
      meanSquaredError(checkAnswers(await infer(network, measured.inputs, { signal })), measured.targets);
    const before = await measure();
    // A network that was never trained answers about 0, which suits standardised targets as it is.
    if (!model.fresh) network.write(moveOutputs(model, scale, 'standardised'));
    const { weights, bestEpoch, history, stopped } = await train(network, inScale(chosen), {
      ...settings,
      loss: 'squaredError',
      validation: held && inScale(held),
      signal,
      onProgress: ({ epoch = 0, epochs = 0, fraction, loss: share = 0 }) =>
        onProgress?.({ phase: 'training', fraction: 0.02 + 0.96 * fraction, epoch, epochs, loss: loss(share) }),
      onLost: async (weights) => {
        network.dispose();
        return (network = await task.build(architecture, weights));
      },
    });
    const tuned: Model = { ...model, fresh: false, weights: moveOutputs({ ...model, weights }, scale, 'own') };
    network.write(tuned.weights);
    const after = await measure().catch(asDiverged(settings.learningRate));
    const kept = settings.keep === 'always' || !held || after < before ? 'tuned' : 'original';
    const report: RegressionReport = {
      kept,
      before: { loss: before },
      after: { loss: after },
      measuredOn: held ? 'validation' : 'training',
      measuredSamples: measured.targets.length / architecture.classes,
      stopped,
      bestEpoch,
      history: history.map(({ epoch, learningRate, seconds, loss: share, validationLoss }) => ({
        ...{ epoch, learningRate, seconds, loss: loss(share) },
        ...(validationLoss !== undefined && { validationLoss: loss(validationLoss) }),
      })),
      seconds: (performance.now() - start) / 1000,
      note: '',
    };
    report.note = explain(report);
    return { model: kept === 'tuned' ? tuned : model, report };
  } finally {
    network.dispose();
  }
}

/** Samples to learn from and a random share of them that is held back, if it is at least one. */
function splitOff(
  samples: TargetedInputs,
  count: number,
  share: number,
  seed: number,
): [chosen: TargetedInputs, held: TargetedInputs | undefined] {
  const size = Math.min(Math.round(count * share), count - 1);
  if (size === 0) return [samples, undefined];
  const order = shuffle(
    Uint32Array.from({ length: count }, (_, i) => i),
    random(seed),
  );
  const pick = (values: Float32Array, indices: Uint32Array): Float32Array => {
    const width = values.length / count;
    const picked = new Float32Array(indices.length * width);
    indices.forEach((index, i) => picked.set(values.subarray(index * width, (index + 1) * width), i * width));
    return picked;
  };
  const part = (indices: Uint32Array): TargetedInputs => ({
    inputs: pick(samples.inputs, indices),
    targets: pick(samples.targets, indices),
  });
  return [part(order.subarray(size)), part(order.subarray(0, size))];
}

/** Weights may be finite and yet so large that no answer is. */
function asDiverged(learningRate: number): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof HandfulError && error.code === 'bad-model')) throw error;
    throw new HandfulError(
      'diverged',
      `Training made weights whose answers are not finite; try a learning rate below ${learningRate}.`,
      { cause: error },
    );
  };
}

/** What was done, in sentences for people. */
function explain({ before, after, kept, measuredOn, measuredSamples, stopped, bestEpoch }: RegressionReport): string {
  const say = ({ loss }: { loss: number }) => loss.toPrecision(3);
  const samples = `${measuredSamples} ${measuredSamples === 1 ? 'sample' : 'samples'}`;
  const sentences = [
    `On ${samples} ${measuredOn === 'validation' ? 'held back' : 'learned from, which flatters'}: ` +
      `a mean squared error of ${say(before)} before, ${say(after)} after.`,
  ];
  if (kept === 'original') sentences.push('That is no better, so the original weights were kept.');
  if (stopped === 'diverged')
    sentences.push('The loss stopped being a finite number; the last good weights were restored.');
  if (stopped === 'early') sentences.push(`Stopped early; epoch ${bestEpoch} was the best.`);
  return sentences.join(' ');
}
