import { HandfulError, throwIfAborted } from '../../errors.js';
import { infer } from '../../models/inference.js';
import type { Weights } from '../../models/model.js';
import type { Network } from '../../models/network.js';
import { pacer, pause } from '../../common/pause.js';
import type { EpochRecord, Score } from '../../types.js';
import type { Dataset } from './dataset.js';
import { learningRate, trainEpoch } from './epoch.js';
import { balancedScore, isBetter, meanSquaredError, score } from './metrics.js';
import type { TrainOptions } from './train-options.js';

export interface TrainResult {
  /** The best epoch's weights. */
  weights: Weights;
  bestEpoch: number;
  history: EpochRecord[];
  stopped: 'finished' | 'early' | 'diverged';
}

// A GPU that goes away again and again is of no use.
const MAX_DEVICE_LOSSES = 3;

/**
 * Trains a network in place by shuffled mini-batches and leaves the best epoch's weights in it.
 * @throws {HandfulError} `aborted`; `diverged` if the loss is not finite before the first epoch ends; `backend-lost`.
 */
export async function train(network: Network, data: Dataset, options: TrainOptions): Promise<TrainResult> {
  const { epochs, validation, patience, signal, from = 0 } = options;
  const history: EpochRecord[] = [...(options.completed ?? [])];
  const measure = async (): Promise<Score | undefined> =>
    validation && scoreOf(await infer(network, validation.inputs, { from, signal }), validation, options);
  let good = await network.read(); // the newest weights known to be sound, on the CPU side
  let best = { epoch: 0, weights: good, score: await measure() };
  // Masks of dropout go on where an earlier run ended.
  const learn = () => network.learner({ ...options, from, seed: options.seed + history.length });
  let learner = learn();
  let stopped: TrainResult['stopped'] = 'finished';
  let deviceLosses = 0;
  const tell = teller(options, history);
  try {
    for (let epoch = history.length + 1; epoch <= epochs; epoch++) {
      const start = performance.now();
      let record: EpochRecord;
      try {
        const fit = await trainEpoch(network, learner, data, epoch, options, tell);
        const weights = await network.read();
        if (!fit || !areFinite(weights)) {
          stopped = 'diverged';
          break;
        }
        good = weights;
        const held = await measure();
        record = recordOf(epoch, fit, held, options, start);
        history.push(record);
        if (!held || !best.score || isBetter(held, best.score)) best = { epoch, weights, score: held };
      } catch (error) {
        if (!isDeviceLost(error) || !options.onLost || ++deviceLosses > MAX_DEVICE_LOSSES) throw error;
        network = await options.onLost(good);
        learner.dispose();
        learner = learn();
        epoch--;
        continue;
      }
      await options.onEpoch?.(record, good);
      await tell(epoch / epochs);
      if (validation && patience > 0 && epoch - best.epoch >= patience) {
        stopped = 'early';
        break;
      }
    }
    throwIfAborted(signal);
  } finally {
    learner.dispose();
  }
  if (stopped === 'diverged' && history.length === 0)
    throw new HandfulError(
      'diverged',
      `The loss was not a finite number in the first epoch; try a learning rate below ${options.learningRate}.`,
    );
  network.write(best.weights);
  return { weights: best.weights, bestEpoch: best.epoch, history, stopped };
}

/** Accuracy and loss of a data set's outputs; regression has no accuracy, which stays 0. */
function scoreOf(outputs: Float32Array, { classes, targets }: Dataset, { isBalanced }: TrainOptions): Score {
  if (targets) return { accuracy: 0, loss: meanSquaredError(outputs, targets) };
  return (isBalanced ? balancedScore : score)(outputs, classes);
}

function recordOf(
  epoch: number,
  fit: Score,
  held: Score | undefined,
  options: TrainOptions,
  start: number,
): EpochRecord {
  return {
    epoch,
    ...fit,
    learningRate: learningRate(options, epoch, 0),
    ...(held && { validationLoss: held.loss, validationAccuracy: held.accuracy }),
    seconds: (performance.now() - start) / 1000,
  };
}

/** What tells the caller how far training is, now and then, and lets other tasks run. @param history As it grows. */
function teller(
  { onProgress, epochs }: TrainOptions,
  history: readonly EpochRecord[],
): (fraction: number, fit?: Score) => Promise<void> {
  const due = pacer();
  let furthest = 0; // progress does not fall when a lost GPU sends an epoch back to its start
  return async (fraction, fit) => {
    if (!due() && fraction < 1) return;
    furthest = Math.max(furthest, fraction);
    const newest = fit ?? history.at(-1);
    if (newest) {
      const { loss, accuracy } = newest;
      const epoch = history.length;
      onProgress?.({ phase: 'training', fraction: furthest, epoch, epochs, loss, accuracy, history: [...history] });
    }
    await pause();
  };
}

const isDeviceLost = (error: unknown): boolean => error instanceof HandfulError && error.code === 'backend-lost';

function areFinite(weights: Weights): boolean {
  let zero = 0; // a finite number times 0 is 0, others times 0 are NaN: no branch, for this is done after each epoch
  for (const { data } of weights.values()) for (let i = 0; i < data.length; i++) zero += (data[i] ?? NaN) * 0;
  return zero === 0;
}
