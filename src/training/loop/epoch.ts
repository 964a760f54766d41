import type { Learner, StepResult } from '../../backends/executor.js';
import { random, shuffle } from '../../common/random.js';
import { throwIfAborted } from '../../errors.js';
import type { Network } from '../../models/network.js';
import type { Score } from '../../types.js';
import { gather } from './batch.js';
import type { Dataset } from './dataset.js';
import { score } from './metrics.js';
import { scheduleFactor } from './schedules.js';
import type { TrainOptions } from './train-options.js';

/**
 * One pass over the data; undefined if the loss stops being a finite number.
 * @param onStep Told how far the whole training is, and what the epoch's mean loss and accuracy are by now.
 */
export async function trainEpoch(
  network: Network,
  learner: Learner,
  data: Dataset,
  epoch: number,
  options: TrainOptions,
  onStep: (fraction: number, fit: Score | undefined) => Promise<void>,
): Promise<Score | undefined> {
  const { epochs, batchSize, signal, augment, labelSmoothing: smoothing = 0, from = 0 } = options;
  // Each epoch has a seed of its own, so that a run that goes on later shuffles as one that never stopped.
  const next = random(options.seed + epoch * 0x9e3779b9);
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
      const { inputs, targets, classes } = gather(data, indices, {
        width: network.architecture.classes,
        smoothing,
        augment,
        next,
      });
      const features = augment && from > 0 ? await network.infer(inputs, classes.length, 0, from) : inputs;
      const step = learner.step(features, targets, learningRate(options, epoch, batch / batches));
      step.catch(() => {}); // it is met when it is collected
      const previous = pending;
      pending = { step, classes };
      if (previous && !(await collect(previous))) return undefined;
      await onStep((epoch - 1 + (batch + 1) / batches) / epochs, total.seen ? mean(total) : undefined);
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
function countBatches(examples: number, batchSize: number, { architecture }: Network): number {
  const batches = Math.ceil(examples / batchSize);
  const isLonely = batches > 1 && examples % batchSize === 1 && architecture.parameters.some(({ learns }) => !learns);
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
export function learningRate(options: TrainOptions, epoch: number, fraction: number): number {
  const { schedule, epochs } = options;
  return options.learningRate * scheduleFactor(schedule, (epoch - 1 + fraction) / epochs);
}
