import type { Weights } from '../../models/model.js';
import type { Network } from '../../models/network.js';
import type { EpochRecord, LossName, OptimizerName, Progress, ScheduleName } from '../../types.js';
import type { Augment } from '../augment/augment.js';
import type { Dataset } from './dataset.js';

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
  /** Shows all classes equally often, and weighs them alike where it measures. Default false. */
  isBalanced?: boolean;
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
