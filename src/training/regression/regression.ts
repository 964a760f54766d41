import { HandfulError } from '../../errors.js';
import { infer } from '../../models/inference.js';
import type { Model } from '../../models/model.js';
import { lower } from '../../models/lowering/lower.js';
import type { Progress, RegressionReport } from '../../types.js';
import type { Dataset } from '../loop/dataset.js';
import { checkAnswers, meanSquaredError } from '../loop/metrics.js';
import { hasBatchNorm } from '../plans/check-options.js';
import type { TuningTask } from '../plans/task.js';
import { chooseSettings } from './settings.js';
import type { RegressionTuneOptions } from './settings.js';
import { reportOn } from './report.js';
import { splitOff } from './split.js';
import { inUnit, moveOutputs, spreadOf, standardised } from './target-scale.js';
import type { TargetScale } from './target-scale.js';
import type { TargetedInputs } from './targets.js';
import { train } from '../loop/trainer.js';
import { unusableWeights } from '../loop/unusable.js';

export type RegressionTask = TuningTask<TargetedInputs, RegressionTuneOptions>;

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
  const { model, samples, options, signal } = task;
  const start = performance.now();
  const architecture = lower(model.spec);
  const count = samples.targets.length / architecture.classes;
  const settings = chooseSettings(task.validation ? { ...options, validation: 0 } : options, {
    samples: count,
    isFresh: !!model.fresh,
    learnsBatchNorm: hasBatchNorm(architecture),
  });
  const [chosen, split] = splitOff(samples, count, settings.validation, settings.seed);
  const held = task.validation ?? split;
  const measured = held ?? samples;
  const scale = spreadOf(chosen.targets, architecture, model.spec);
  const inScale = ({ inputs, targets }: TargetedInputs): Dataset => ({
    inputs,
    targets: standardised(targets, scale),
    classes: new Int32Array(targets.length / architecture.classes),
  });

  const learning = { from: 0, batchSize: settings.batchSize };
  let network = await task.build(architecture, model.weights, learning);
  const measure = async () =>
    meanSquaredError(checkAnswers(await infer(network, measured.inputs, { signal })), measured.targets);
  try {
    const before = await measure();
    // A network that was never trained answers about 0, which suits standardised targets as it is.
    if (!model.fresh) network.write(moveOutputs(model, scale, 'standardised'));
    const result = await train(network, inScale(chosen), {
      ...settings,
      loss: 'squaredError',
      validation: held && inScale(held),
      signal,
      onProgress: (progress) => task.onProgress?.(progressOf(progress, scale)),
      onLost: async (weights) => {
        network.dispose();
        return (network = await task.build(architecture, weights, learning));
      },
    });
    const weights = moveOutputs({ ...model, weights: result.weights }, scale, 'own');
    network.write(weights);
    const after = await measure().catch(asDiverged(settings.learningRate));
    const kept = settings.keep === 'always' || !held || after < before ? 'tuned' : 'original';
    const report = reportOn(result, scale, {
      ...{ kept, before: { loss: before }, after: { loss: after } },
      measuredOn: held ? 'validation' : 'training',
      measuredSamples: measured.targets.length / architecture.classes,
      seconds: (performance.now() - start) / 1000,
    });
    return { model: kept === 'tuned' ? { ...model, fresh: false, weights } : model, report };
  } finally {
    network.dispose();
  }
}

/** The trainer's progress, its loss in the unit of the targets. */
function progressOf({ epoch = 0, epochs = 0, fraction, loss = 0 }: Progress, scale: TargetScale): Progress {
  return { phase: 'training', fraction: 0.02 + 0.96 * fraction, epoch, epochs, loss: inUnit(loss, scale) };
}

function asDiverged(learningRate: number): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof HandfulError && error.code === 'bad-model')) throw error;
    throw unusableWeights(learningRate, error);
  };
}
