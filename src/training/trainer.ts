import type { Learner, StepResult } from '../backends/executor.js';
import { HandfulError, throwIfAborted } from '../errors.js';
import { infer } from '../models/inference.js';
import type { Weights } from '../models/model.js';
import type { Network } from '../models/network.js';
import { pacer, pause } from '../common/pause.js';
import { random, shuffle } from '../common/random.js';
import type { EpochRecord, LossName, OptimizerName, Progress, ScheduleName, Score } from '../types.js';
import type { Augment } from './augment.js';
import { gather } from './batch.js';
import type { Dataset } from './dataset.js';
import { isBetter, meanSquaredError, score } from './metrics.js';
import { scheduleFactor } from './schedules.js';

export interface TrainOptions {
  epochs: number;
  batchSize: number;
  optimizer: OptimizerName;
  learningRate: number;
  momentum: number;
  /** Of `rmsprop`. Default false. */
  centered?: boolean;
  /** Default `crossEntropy`; `squaredError` takes data sets with targets, and of scores the loss alone counts. */
  loss?: LossName;
  /** Default 0. */
  weightDecay?: number;
  schedule: ScheduleName;
  /** Default 0. */
  labelSmoothing?: number;
  /** Varies the examples to learn from, which are then inputs of the whole network, whatever `from` is. */
  augment?: Augment | undefined;
  /** Epochs without a better validation score after which training stops; 0 never stops early. */
  patience: number;
  seed: number;
  /** First top-level layer that learns; the examples are inputs of that layer. Default 0. */
  from?: number;
  /** What decides which epoch was best. Without it the last one is. */
  validation?: Dataset | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** The history of epochs that were done in an earlier run, after which this one goes on. */
  completed?: readonly EpochRecord[];
  /** Called after each epoch with the weights as they are then; training waits for it. */
  onEpoch?: (record: EpochRecord, weights: Weights) => Promise<void>;
  /** Makes the network again on a device that works, after a GPU was lost. Without it the loss ends training. */
  onLost?: ((weights: Weights) => Promise<Network>) | undefined;
}

export interface TrainResult {
  /** The best epoch's weights. */
  weights: Weights;
  bestEpoch: number;
  history: EpochRecord[];
  stopped: 'finished' | 'early' | 'diverged';
}

// A GPU that goes away again and again is of no use.
const MAX_LOSSES = 3;

/**
 * Trains a network in place by shuffled mini-batches and leaves the best epoch's weights in it.
 * @throws {HandfulError} `aborted`; `diverged` if the loss is not finite before the first epoch ends; `backend-lost`.
 */
export async function train(network: Network, data: Dataset, options: TrainOptions): Promise<TrainResult> {
  const { epochs, validation, signal, from = 0 } = options;
  const history: EpochRecord[] = [...(options.completed ?? [])];
  let good = await network.read(); // the newest weights known to be sound, on the CPU side
  let best = { epoch: 0, weights: good, score: undefined as Score | undefined };
  if (validation) best.score = scoreOf(await infer(network, validation.inputs, { from, signal }), validation);
  const learn = () => network.learner({ ...options, from });
  let learner = learn();
  let stopped: TrainResult['stopped'] = 'finished';
  let losses = 0;
  let furthest = 0; // progress does not fall when a lost GPU sends an epoch back to its start
  const due = pacer();
  const tell = async (fraction: number, fit?: Score): Promise<void> => {
    if (!due() && fraction < 1) return;
    furthest = Math.max(furthest, fraction);
    if (fit || history.length > 0) report(options, furthest, history, fit);
    await pause();
  };
  try {
    for (let epoch = history.length + 1; epoch <= epochs; epoch++) {
      const start = performance.now();
      // Each epoch has a seed of its own, so that a run that goes on later shuffles as one that never stopped.
      const next = random(options.seed + epoch * 0x9e3779b9);
      try {
        const fit = await trainEpoch(network, learner, data, epoch, next, options, (part, fit) =>
          tell((epoch - 1 + part) / epochs, fit),
        );
        const weights = await network.read();
        if (!fit || !isFinite(weights)) {
          stopped = 'diverged';
          break;
        }
        good = weights;
        const held = validation && scoreOf(await infer(network, validation.inputs, { from, signal }), validation);
        history.push({
          epoch,
          ...fit,
          learningRate: rate(options, epoch, 0),
          ...(held && { validationLoss: held.loss, validationAccuracy: held.accuracy }),
          seconds: (performance.now() - start) / 1000,
        });
        if (!held || !best.score || isBetter(held, best.score)) best = { epoch, weights, score: held };
      } catch (error) {
        if (!(error instanceof HandfulError && error.code === 'backend-lost' && options.onLost)) throw error;
        if (++losses > MAX_LOSSES) throw error;
        network = await options.onLost(good);
        learner.dispose();
        learner = learn();
        epoch--;
        continue;
      }
      await options.onEpoch?.(history.at(-1)!, good);
      await tell(epoch / epochs);
      if (validation && options.patience > 0 && epoch - best.epoch >= options.patience) {
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
function scoreOf(outputs: Float32Array, { classes, targets }: Dataset): Score {
  return targets ? { accuracy: 0, loss: meanSquaredError(outputs, targets) } : score(outputs, classes);
}

/** One pass over the data; undefined if the loss stops being a finite number. */
async function trainEpoch(
  network: Network,
  learner: Learner,
  data: Dataset,
  epoch: number,
  next: () => number,
  options: TrainOptions,
  onStep: (fraction: number, fit: Score | undefined) => Promise<void>,
): Promise<Score | undefined> {
  const { batchSize, signal, augment, labelSmoothing: smoothing = 0, from = 0 } = options;
  const order = shuffle(Uint32Array.from(data.classes.keys()), next);
  const total = { loss: 0, accuracy: 0, seen: 0 };
  const batches = countBatches(order.length, batchSize, network);
  const collect = async ({ step, classes }: Pending): Promise<boolean> => {
    const { loss, logits } = await step;
    total.loss += loss * classes.length;
    if (!data.targets) total.accuracy += score(logits, classes).accuracy * classes.length;
    total.seen += classes.length;
    return Number.isFinite(loss);
  };
  // A step's results are read while the next one is under way, so that a GPU never waits for the reading.
  let pending: Pending | undefined;
  try {
    for (let batch = 0; batch < batches; batch++) {
      throwIfAborted(signal);
      const end = batch === batches - 1 ? order.length : (batch + 1) * batchSize;
      const indices = order.subarray(batch * batchSize, end);
      const { inputs, truth, classes } = gather(data, indices, {
        width: network.plan.classes,
        smoothing,
        augment,
        next,
      });
      const features = augment && from > 0 ? await network.infer(inputs, classes.length, 0, from) : inputs;
      const step = learner.step(features, truth, rate(options, epoch, batch / batches));
      step.catch(() => {}); // it is met when it is collected
      const previous = pending;
      pending = { step, classes };
      if (previous && !(await collect(previous))) return undefined;
      await onStep((batch + 1) / batches, total.seen ? mean(total) : undefined);
    }
    const last = pending;
    pending = undefined;
    if (last && !(await collect(last))) return undefined;
  } finally {
    await pending?.step.catch(() => {}); // it frees what it holds
  }
  return mean(total);
}

/** One example has no variance for batch norm to go by: if it is left over, it joins the batch before. */
function countBatches(examples: number, batchSize: number, { plan }: Network): number {
  const batches = Math.ceil(examples / batchSize);
  const isLonely = batches > 1 && examples % batchSize === 1 && plan.parameters.some(({ learns }) => !learns);
  return isLonely ? batches - 1 : batches;
}

/** A step whose results may not be there yet. */
interface Pending {
  step: Promise<StepResult>;
  classes: Int32Array;
}

const mean = ({ loss, accuracy, seen }: Score & { seen: number }): Score => ({
  loss: loss / seen,
  accuracy: accuracy / seen,
});

/** Learning rate within an epoch; the schedule would reach its end with the step after the last one. */
function rate({ learningRate, schedule, epochs }: TrainOptions, epoch: number, fraction: number): number {
  return learningRate * scheduleFactor(schedule, (epoch - 1 + fraction) / epochs);
}

function report({ onProgress, epochs }: TrainOptions, fraction: number, history: EpochRecord[], fit?: Score): void {
  const { loss, accuracy } = fit ?? history.at(-1)!;
  onProgress?.({ phase: 'training', fraction, epoch: history.length, epochs, loss, accuracy, history: [...history] });
}

function isFinite(weights: Weights): boolean {
  for (const { data } of weights.values()) for (const value of data) if (!Number.isFinite(value)) return false;
  return true;
}
