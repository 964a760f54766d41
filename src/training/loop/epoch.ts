import type { Examples, Learner, StepFit } from '../../backends/executor.js';
import { random, shuffle } from '../../common/random.js';
import { throwIfAborted } from '../../errors.js';
import type { Network } from '../../models/network.js';
import type { Score } from '../../types.js';
import { gather } from './batch.js';
import type { BatchOptions } from './batch.js';
import { balancedOrder } from './dataset.js';
import type { Dataset } from './dataset.js';
import { scheduleFactor } from './schedules.js';
import type { TrainOptions } from './train-options.js';

/**
 * One pass over the data; undefined if the loss stops being a finite number.
 * @param onStep Told how far the whole training is, and what the epoch's mean loss and accuracy are by now, if that is known.
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
  const order = options.isBalanced
    ? balancedOrder(data.classes, next)
    : shuffle(Uint32Array.from(data.classes.keys()), next);
  const count = countBatches(order.length, batchSize, network);
  const batches = Array.from({ length: count }, (_, i) => (i === count - 1 ? order.length - i * batchSize : batchSize));
  const gathering = { width: network.architecture.classes, smoothing, augment, next };
  const total = { loss: 0, accuracy: 0, seen: 0 };
  let collected = 0;
  const collect = ({ loss, right }: StepFit): void => {
    const batch = batches[collected++] ?? 0;
    total.loss += loss * batch;
    if (!data.targets) total.accuracy += (right / batch) * batch;
    total.seen += batch;
  };
  throwIfAborted(signal);
  const found = await learner.epoch({
    order,
    batches,
    rates: batches.map((_, i) => learningRate(options, epoch, i / count)),
    examples: augment ? undefined : examplesOf(data, gathering),
    async batch(step) {
      throwIfAborted(signal);
      const first = step * batchSize;
      const indices = order.subarray(first, first + (batches[step] ?? 0));
      const { inputs, targets } = gather(data, indices, gathering);
      if (!augment || from === 0) return { inputs, targets };
      return { inputs: await network.infer(inputs, indices.length, 0, from), targets };
    },
    async onSteps(done, fits) {
      fits.forEach(collect);
      await onStep((epoch - 1 + done / count) / epochs, total.seen ? mean(total) : undefined);
      throwIfAborted(signal);
    },
  });
  found.slice(collected).forEach(collect);
  return found.every(({ loss }) => Number.isFinite(loss)) ? mean(total) : undefined;
}

/** All examples as steps are to have them. Made once for a data set, so that a device can tell that it has them. */
function examplesOf(data: Dataset, options: BatchOptions): Examples {
  const { smoothing, width } = options;
  const found = known.get(data);
  if (found?.smoothing === smoothing && found.width === width) return found.examples;
  const { targets } = gather(data, Uint32Array.from(data.classes.keys()), options);
  const examples = { inputs: data.inputs, targets };
  known.set(data, { smoothing, width, examples });
  return examples;
}

const known = new WeakMap<Dataset, { smoothing: number; width: number; examples: Examples }>();

/** One example has no variance for batch norm to go by: if it is left over, it joins the batch before. */
function countBatches(examples: number, batchSize: number, { architecture }: Network): number {
  const batches = Math.ceil(examples / batchSize);
  const isLonely = batches > 1 && examples % batchSize === 1 && architecture.parameters.some(({ learns }) => !learns);
  return isLonely ? batches - 1 : batches;
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
