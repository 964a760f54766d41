import { sizeOf } from '../../../../common/shapes.js';
import type { FusedBatchNorm } from '../../../fusion.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import type { Forward, VirtualBuffer } from '../../../schedule/steps.js';
import {
  batchNorm as normalise,
  batchNormGradient,
  batchNormGradientSums,
  batchNormMoments,
  batchNormRunning,
  CHANNELS_AT_ONCE,
  NORMALISED_AT_ONCE,
} from '../kernels/batch-norm.js';
import { groupsOf } from '../kernels/elementwise.js';
import type { ProgramBuilder } from '../program-builder.js';

/** y = batch norm of x, plus `addend`, then perhaps ReLU, whose mask is part of the backward pass. */
export const batchNorm: OperationEmitter<'batchNorm', ProgramBuilder> = {
  forward(to, step) {
    if (step.saved.length > 0) byMoments(to, step);
    else byRunningStatistics(to, step);
  },

  gradient(to, { operation, x, y, dy, saved: [mean, inverse], dx, daddend }) {
    const { name, relu, scale, shift } = operation;
    const { sizes, blocks, chunks } = sizesOf(to, operation);
    const records = recordsOf(to, operation, sizes);
    to.call(
      batchNormGradientSums,
      { x, y: relu ? y : undefined, dy, mean, dz: daddend, records, ...sizes },
      blocks * sizes.parts,
    );
    const [dscale, dshift] = ['scale', 'shift'].map((what) =>
      to.workspace(`d ${what} of ${name}`, sizes.channels, { isFixed: true }),
    ) as [VirtualBuffer, VirtualBuffer];
    const isMasked = relu && !daddend; // the gradient of what was added is masked already
    to.call(
      batchNormGradient,
      {
        ...{ x, y: isMasked ? y : undefined, dy: daddend ?? dy, mean, inverse, records, scale },
        ...{ mask: dx?.mask, dx: dx?.buffer, dscale, dshift, ...sizes },
      },
      blocks * (dx ? chunks : 1),
    );
    to.gradient(scale, { buffer: dscale, offset: 0 });
    to.gradient(shift, { buffer: dshift, offset: 0 });
  },
};

function byRunningStatistics(to: ProgramBuilder, { operation, x, addend, y }: Forward<'batchNorm'>): void {
  const { runningMean: mean, runningVariance: variance, scale, shift, epsilon, relu } = operation;
  const count = to.batch * y.size;
  const channels = x.size > 0 ? (operation.x.shape.at(-1) ?? 1) : 1;
  const parameters = { mean, variance, scale, shift };
  to.call(batchNormRunning, { x, ...parameters, addend, y, epsilon, relu, channels, count }, groupsOf(count));
}

function byMoments(to: ProgramBuilder, { operation, x, addend, y, saved: [mean, inverse] }: Forward<'batchNorm'>) {
  const { scale, shift, epsilon, momentum, relu } = operation;
  const { sizes, blocks, chunks } = sizesOf(to, operation);
  const records = recordsOf(to, operation, sizes);
  const running = { running_mean: operation.runningMean, running_variance: operation.runningVariance };
  to.call(batchNormMoments, { x, records, ...sizes }, blocks * sizes.parts);
  to.call(
    normalise,
    { x, records, scale, shift, addend, y, mean, inverse, ...running, epsilon, momentum, relu, ...sizes },
    blocks * chunks,
  );
}

// Each who needs the moments merges all parts, so that there are not many; a part is long enough to be worth a workgroup.
const MOST_PARTS = 32;
const LEAST_ROWS = 64;

/** Rows of channels in the batch, in how many parts their moments are taken, and workgroups. */
function sizesOf({ batch }: ProgramBuilder, { x }: Omit<FusedBatchNorm, 'kind'>) {
  const channels = x.shape.at(-1) ?? 1;
  const rows = batch * sizeOf(x.shape.slice(0, -1));
  const span = Math.ceil(rows / Math.min(MOST_PARTS, Math.ceil(rows / LEAST_ROWS)));
  const parts = Math.ceil(rows / span);
  return {
    sizes: { rows, channels, parts, span },
    blocks: Math.ceil(channels / CHANNELS_AT_ONCE),
    chunks: Math.ceil(rows / NORMALISED_AT_ONCE),
  };
}

function recordsOf(
  to: ProgramBuilder,
  { name }: Omit<FusedBatchNorm, 'kind'>,
  sizes: { parts: number; channels: number },
) {
  return to.workspace(`records of ${name}`, 2 * sizes.parts * sizes.channels, { isFixed: true });
}
