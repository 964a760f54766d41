import { sizeOf } from '../../../../common/shapes.js';
import type { FusedBatchNorm } from '../../../fusion.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import type { Forward, VirtualBuffer } from '../../../schedule/steps.js';
import {
  batchNorm as normalise,
  batchNormGradient,
  batchNormRunning,
  batchNormSums,
  CHANNELS_AT_ONCE,
} from '../kernels/batch-norm.js';
import { conv2d, conv2dInputGradient, conv2dInputGradientSums, conv2dMoments } from '../kernels/conv2d.js';
import { groupsOf } from '../kernels/elementwise.js';
import { rowsOf } from '../kernels/tiles.js';
import type { Call, ProgramBuilder } from '../program-builder.js';

/** A call that normalises. */
export type NormCall = Call<(typeof normalise)['signature']>;

/**
 * y = batch norm of x, plus `addend`, then perhaps ReLU, whose mask is part of the backward pass. Sums over rows come from
 * the convolution before, or, of gradients, from that of the convolution behind; else they are a step of their own.
 */
export const batchNorm: OperationEmitter<'batchNorm', ProgramBuilder> = {
  forward(to, step) {
    if (step.saved.length > 0) byMoments(to, step);
    else byRunningStatistics(to, step);
  },

  gradient(to, { operation, x, dy: spread, saved: [mean, inverse], dx, daddend }) {
    const { name, relu, scale, shift } = operation;
    const forward = mean && to.writer(normalise, mean);
    if (!forward) throw new Error(`The gradient of ${name} comes before it.`);
    const { rows, height, width, pool, out_rows, argmax, peak, y } = forward.args;
    const channels = Number(forward.args.channels);
    const dy = to.unpooled.get(spread) ?? spread;
    const dz = daddend ?? (relu ? to.workspace(`masked ${dy.name}`, dy.size) : dy);
    const sums = { dz, norm_x: argmax ? peak : x, norm_y: relu ? y : undefined, mean };
    const conv = to.writer(conv2dInputGradient, dy);
    let parts: Parts;
    if (conv) {
      parts = partsOf(to, operation, { rows: Number(out_rows), channels, span: rowsOf(channels) });
      const isKept = dz !== dy && !to.isReadOnce(dy);
      conv.kernel = conv2dInputGradientSums;
      Object.assign(conv.args, { ...sums, dx: isKept ? dy : undefined, records: parts.records });
    } else {
      parts = partsOf(to, operation, { rows: Number(out_rows), channels });
      const { records, sizes, groups } = parts;
      const args = { x: sums.norm_x, y: sums.norm_y, dy, mean, dz: dz === dy ? undefined : dz, records, ...sizes };
      to.call(batchNormSums, args, groups);
    }
    const [dscale, dshift] = ['scale', 'shift'].map((what) =>
      to.workspace(`d ${what} of ${name}`, channels, { isFixed: true }),
    ) as [VirtualBuffer, VirtualBuffer];
    const { records, sizes } = parts;
    const { chunk, groups } = chunksOf(sizes, dx ? Number(rows) : 1);
    to.call(
      batchNormGradient,
      {
        ...{ x, dz, argmax, mean, inverse, records, scale, mask: dx?.mask, dx: dx?.buffer, dscale, dshift },
        ...{ rows, channels, parts: sizes.parts, chunk, height, width, pool },
      },
      groups,
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
  const channels = operation.x.shape.at(-1) ?? 1;
  const [height = 1, width = 1] = operation.x.shape.slice(0, -1);
  const rows = to.batch * sizeOf(operation.x.shape.slice(0, -1));
  const conv = to.writer(conv2d, x);
  const isOnTheWay = conv?.args.pool === 1 && !conv.args.relu;
  const { records, sizes, groups } = partsOf(to, operation, {
    rows,
    channels,
    ...(isOnTheWay && { span: rowsOf(channels) }),
  });
  if (isOnTheWay) {
    conv.kernel = conv2dMoments;
    conv.args.records = records;
  } else to.call(batchNormSums, { x, records, ...sizes }, groups);
  const running = { running_mean: operation.runningMean, running_variance: operation.runningVariance };
  const shared = chunksOf(sizes, rows);
  to.call(
    normalise,
    {
      ...{
        x,
        records,
        scale,
        shift,
        addend,
        y,
        mean,
        inverse,
        ...running,
        epsilon,
        momentum,
        relu,
        ...sizes,
      },
      ...{ out_rows: rows, chunk: shared.chunk, height, width, pool: 1 },
    },
    shared.groups,
  );
}

// Each who needs sums merges all parts, so that there are not many; a part is long enough to be worth a workgroup.
const MOST_PARTS = 32;
const LEAST_ROWS = 64;

type Parts = ReturnType<typeof partsOf>;

/** Rows of channels in parts of `span`, with room for what each part sums up. */
function partsOf(
  to: ProgramBuilder,
  { name }: Omit<FusedBatchNorm, 'kind'>,
  { rows, channels, span }: { rows: number; channels: number; span?: number },
) {
  span ??= Math.ceil(rows / Math.min(MOST_PARTS, Math.ceil(rows / LEAST_ROWS)));
  const parts = Math.ceil(rows / span);
  const records = to.workspace(`records of ${name}`, 2 * parts * channels, { isFixed: true });
  const groups = Math.ceil(channels / CHANNELS_AT_ONCE) * parts;
  return { records, sizes: { rows, channels, parts, span }, groups };
}

const LEAST_CHUNK = 128;

/** How many rows a workgroup makes, more where it first merges many parts, and how many workgroups that takes. */
function chunksOf({ channels, parts }: { channels: number; parts: number }, rows: number, pool = 1) {
  const chunk = Math.ceil(Math.max(LEAST_CHUNK, 2 * parts) / pool ** 2);
  return { chunk, groups: Math.ceil(channels / CHANNELS_AT_ONCE) * Math.ceil(rows / chunk) };
}

/** Has a call that normalises pool too: from then on y is the maxima. */
export function poolOnTheWay(to: ProgramBuilder, norm: NormCall, name: string, pool: number, y: VirtualBuffer): void {
  const [argmax, peak] = ['argmax', 'peaks'].map((what) => to.workspace(`${what} of ${name}`, y.size));
  const channels = Number(norm.args.channels);
  const out_rows = (to.batch * y.size) / channels;
  const { chunk, groups } = chunksOf({ channels, parts: Number(norm.args.parts) }, out_rows, pool);
  Object.assign(norm.args, { y, argmax, peak, pool, out_rows, chunk });
  norm.groups = groups;
}
