import { sizeOf } from '../../../../common/shapes.js';
import type { FusedBatchNorm } from '../../../fusion.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import type { Forward } from '../../../schedule/steps.js';
import type { KernelCall } from '../../kernel-call.js';
import { FLOAT_BYTES } from '../heap.js';
import type { ProgramBuilder } from '../program-builder.js';
import { masked } from './mask.js';

/**
 * y = batch norm of x, plus `addend` (the other branch of a residual), then perhaps ReLU, whose mask is part of the
 * backward pass. In training by the batch's own moments, which each thread takes of its own images and then merges.
 */
export const batchNorm: OperationEmitter<'batchNorm', ProgramBuilder> = {
  forward(to, step) {
    if (step.saved.length > 0) byMoments(to, step);
    else byRunningStatistics(to, step);
  },

  gradient(to, { operation, x, y, dy, saved: [mean, inverse], dx, daddend }) {
    const { channels, rows } = sizesOf(operation);
    const { relu } = operation;
    const records = new Records(to, channels);
    const parameters = { dscale: to.gradient(operation.scale), dshift: to.gradient(operation.shift) };
    const scale = to.parameter(operation.scale);
    const statistics = { mean: to.at(mean), inverse: to.at(inverse) };
    to.images(({ first, count, index }) => [
      {
        kernel: 'f32_batch_norm_gradient_sums',
        ...{ x: to.at(x, first), y: relu ? to.at(y, first) : 0, dy: to.at(dy, first), add: 0, mean: statistics.mean },
        ...{ dz: to.at(daddend, first), record: records.of(index), rows: rows * count, channels },
      },
    ]);
    to.images(
      (shard) => {
        const { first, count, index } = shard;
        const calls: KernelCall[] = [];
        if (index === 0)
          calls.push({
            kernel: 'f32_batch_norm_gradient_parameters',
            ...{ records: records.at, inverse: statistics.inverse, ...parameters, shards: to.shards, channels },
          });
        if (!dx) return calls;
        const isMasked = relu && !daddend; // the gradient of what was added is masked already
        calls.push({
          kernel: 'f32_batch_norm_gradient_apply',
          ...{ x: to.at(x, first), y: isMasked ? to.at(y, first) : 0, dy: to.at(daddend ?? dy, first), ...statistics },
          ...{ scale, records: records.at, dx: to.at(dx.buffer, first) },
          ...{ shards: to.shards, total: rows * to.batch, rows: rows * count, channels },
        });
        return [...calls, ...masked(to, dx, shard)];
      },
      { isAlone: false },
    );
  },
};

function byRunningStatistics(to: ProgramBuilder, step: Forward<'batchNorm'>): void {
  const { operation, x, addend, y } = step;
  const { channels } = sizesOf(operation);
  const statistics = { mean: to.parameter(operation.runningMean), variance: to.parameter(operation.runningVariance) };
  const fixed = { ...statistics, ...settings(to, operation), channels, relu: operation.relu };
  to.elements(operation.x.shape, (at, count) => [
    { kernel: 'f32_batch_norm_running', ...fixed, x: at(x), add: at(addend), y: at(y), rows: count / channels },
  ]);
}

function byMoments(to: ProgramBuilder, step: Forward<'batchNorm'>): void {
  const { operation, x, addend, y, saved } = step;
  const [mean, inverse] = saved;
  const { channels, rows } = sizesOf(operation);
  const records = new Records(to, channels);
  const running = {
    runningMean: to.parameter(operation.runningMean),
    runningVariance: to.parameter(operation.runningVariance),
  };
  const fixed = settings(to, operation);
  to.images(({ first, count, index }) => [
    { kernel: 'f32_batch_norm_moments', x: to.at(x, first), record: records.of(index), rows: rows * count, channels },
  ]);
  to.images(
    ({ first, count, index }) => {
      const apply: KernelCall = {
        kernel: 'f32_batch_norm_apply',
        ...{ x: to.at(x, first), records: records.at, ...fixed, add: to.at(addend, first), y: to.at(y, first) },
        ...{ shards: to.shards, rows: rows * count, channels, relu: operation.relu },
      };
      if (index > 0) return [apply];
      const { hyper } = fixed;
      const kept = { mean: to.at(mean), inverse: to.at(inverse) };
      return [
        {
          kernel: 'f32_batch_norm_remember',
          ...{ records: records.at, hyper, ...running, ...kept, shards: to.shards, channels },
        },
        apply,
      ];
    },
    { isAlone: false },
  );
}

/** What both ways take besides buffers, statistics and sizes. */
function settings(to: ProgramBuilder, { scale, shift, epsilon, momentum }: Omit<FusedBatchNorm, 'kind'>) {
  return { scale: to.parameter(scale), shift: to.parameter(shift), hyper: to.constants([epsilon, momentum]) };
}

/** Sums over shards of the images: a record each, side by side. */
class Records {
  readonly at: number;
  private readonly bytes: number;

  constructor(to: ProgramBuilder, channels: number) {
    this.bytes = to.engine.exports.f32_batch_norm_record(channels);
    this.at = to.allocate((this.bytes / FLOAT_BYTES) * to.shards);
  }

  of(shard: number): number {
    return this.at + shard * this.bytes;
  }
}

/** Channels, and rows of them in one example. */
function sizesOf({ x }: Omit<FusedBatchNorm, 'kind'>): { channels: number; rows: number } {
  const channels = x.shape.at(-1) ?? 1;
  return { channels, rows: sizeOf(x.shape.slice(0, -1)) };
}
