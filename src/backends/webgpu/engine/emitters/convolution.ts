import { sizeOf } from '../../../../common/shapes.js';
import type { Conv2dMaxPool } from '../../../fusion.js';
import type { Conv2d } from '../../../operations.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import type { VirtualBuffer, WeightGradient } from '../../../schedule/steps.js';
import { conv2d as forward, conv2dFilterGradient, conv2dInputGradient } from '../kernels/conv2d.js';
import { groupsOf } from '../kernels/elementwise.js';
import { maxPool } from '../kernels/pool.js';
import { tilesOf } from '../kernels/tiles.js';
import type { ProgramBuilder } from '../program-builder.js';

/** y [N, H', W', filters] of x [N, H, W, C]. */
export const conv2d: OperationEmitter<'conv2d', ProgramBuilder> = {
  forward(to, { operation, x, y }) {
    const { weight, bias, relu } = operation;
    const { geometry, pixels } = geometryOf(to, operation, operation.y.shape);
    const groups = tilesOf(to.batch * pixels, geometry.filters);
    to.call(forward, { x, weight, bias, y, relu, ...geometry }, groups);
  },

  weightGradient(to, step) {
    filterGradient(to, step, { geometry: geometryOf(to, step.operation, step.operation.y.shape).geometry });
  },

  gradient(to, { operation, dy, dx }) {
    const { geometry } = geometryOf(to, operation, operation.y.shape);
    inputGradient(to, operation, { dy, mask: dx.mask, dx: dx.buffer }, geometry);
  },
};

// Windows of two by two pixels are part of the convolution's forward kernel. Others are pooled in a step of their own.
const FUSED = 2;

/** A convolution and the maximum of each window of its output; its gradients are those at the maxima. */
export const conv2dMaxPool: OperationEmitter<'conv2dMaxPool', ProgramBuilder> = {
  forward(to, { operation, x, y, saved: [argmax] }) {
    const { name, weight, bias, relu, pool, convolved } = operation;
    const { geometry, pixels } = geometryOf(to, operation, convolved);
    if (pool === FUSED) {
      const groups = tilesOf(to.batch * 4 * sizeOf(operation.y.shape.slice(0, 2)), geometry.filters);
      to.call(forward, { x, weight, bias, y, argmax, relu, ...geometry, pool }, groups);
      return;
    }
    const whole = to.workspace(`${name} before its pool`, sizeOf(convolved));
    const groups = tilesOf(to.batch * pixels, geometry.filters);
    const args = { x, weight, bias, y: whole, relu: false, ...geometry };
    to.call(forward, args, groups);
    const count = to.batch * y.size;
    to.call(maxPool, { x: whole, y, argmax, relu, ...windowsOf(operation), count }, groupsOf(count));
  },

  weightGradient(to, step) {
    const { operation, saved } = step;
    const { geometry } = geometryOf(to, operation, operation.convolved);
    filterGradient(to, step, { argmax: saved[0], geometry: { ...geometry, pool: operation.pool } });
  },

  gradient(to, { operation, dy, dx, saved: [argmax] }) {
    const { geometry } = geometryOf(to, operation, operation.convolved);
    const buffers = { dy, argmax, mask: dx.mask, dx: dx.buffer };
    inputGradient(to, operation, buffers, { ...geometry, pool: operation.pool });
  },
};

type Geometry = ReturnType<typeof geometryOf>['geometry'];

function inputGradient(
  to: ProgramBuilder,
  { weight }: Pick<Conv2d, 'weight'>,
  buffers: { dy: VirtualBuffer; argmax?: VirtualBuffer; mask: VirtualBuffer | undefined; dx: VirtualBuffer },
  geometry: Geometry,
): void {
  const { batch, height, width, channels } = geometry;
  const groups = tilesOf(batch * height * width, channels);
  to.call(conv2dInputGradient, { weight, ...buffers, ...geometry }, groups);
}

// Sums over many pixels are shared out to more workgroups than there are tiles; few pixels are not worth that.
const WANTED_GROUPS = 128;
const LEAST_PIXELS = 256; // of the convolution's own result

export function filterGradient(
  to: ProgramBuilder,
  { operation, x, dy }: Pick<WeightGradient<'conv2d' | 'conv2dMaxPool' | 'dense'>, 'operation' | 'x' | 'dy'>,
  { argmax, geometry }: { argmax?: VirtualBuffer | undefined; geometry: Geometry },
): void {
  const { name, weight, bias } = operation;
  const { batch, channels, filters, kernel, outH, outW, pool } = geometry;
  const size = kernel * kernel * channels;
  const rows = size + (bias === undefined ? 0 : 1);
  const tiles = tilesOf(rows, filters);
  const windows = batch * Math.floor(outH / pool) * Math.floor(outW / pool);
  const wanted = Math.max(
    1,
    Math.min(Math.floor(WANTED_GROUPS / tiles), Math.floor((batch * outH * outW) / LEAST_PIXELS)),
  );
  const span = Math.ceil(windows / wanted);
  const parts = Math.ceil(windows / span);
  const stride = rows * filters;
  const dw = to.workspace(`d weights of ${name}`, parts * stride, { isFixed: true });
  to.call(conv2dFilterGradient, { x, dy, argmax, dw, rows, span, ...geometry }, tiles * parts);
  to.gradient(weight, { buffer: dw, offset: 0, parts, stride });
  to.gradient(bias, { buffer: dw, offset: size * filters, parts, stride });
}

function windowsOf({ pool, convolved, y }: Omit<Conv2dMaxPool, 'kind'>) {
  const [height, width, channels] = convolved as [number, number, number];
  const [outH, outW] = y.shape as [number, number, number];
  return {
    height,
    width,
    channels,
    windowH: pool,
    windowW: pool,
    strideH: pool,
    strideW: pool,
    top: 0,
    left: 0,
    outH,
    outW,
  };
}

/** @param convolved Shape of the convolution's own output. */
function geometryOf(
  { batch }: ProgramBuilder,
  { x, kernel, stride, padding: [top, , left] }: Pick<Conv2d, 'x' | 'kernel' | 'stride' | 'padding'>,
  convolved: readonly number[],
) {
  const [height, width, channels] = x.shape as [number, number, number];
  const [outH, outW, filters] = convolved as [number, number, number];
  const geometry = { batch, height, width, channels, filters, kernel, stride, top, left, outH, outW, pool: 1 };
  return { geometry, pixels: outH * outW };
}
