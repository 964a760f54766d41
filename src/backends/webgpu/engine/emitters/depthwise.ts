import type { DepthwiseConv2d } from '../../../operations.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import { LANES } from '../kernel.js';
import { depthwiseConv2d as forward, depthwiseFilterGradient, depthwiseInputGradient } from '../kernels/depthwise.js';
import { groupsOf } from '../kernels/elementwise.js';
import type { ProgramBuilder } from '../program-builder.js';

// Sums over many pixels are shared out to so many workgroups, none of which has less than this to do.
const WANTED_GROUPS = 256;
const LEAST_PIXELS = 64;

/** y [N, H', W', C · m] of x [N, H, W, C], each channel by itself. */
export const depthwiseConv2d: OperationEmitter<'depthwiseConv2d', ProgramBuilder> = {
  forward(to, { operation, x, y }) {
    const { weight, bias, relu } = operation;
    const count = to.batch * y.size;
    to.call(forward, { x, weight, bias, y, relu, ...geometryOf(operation), count }, groupsOf(count));
  },

  weightGradient(to, { operation, x, dy }) {
    const { name, weight, bias } = operation;
    const geometry = geometryOf(operation);
    const { kernel, filters, outH, outW } = geometry;
    const rows = kernel * kernel + (bias === undefined ? 0 : 1);
    const size = rows * filters;
    const [pixels, wide] = [to.batch * outH * outW, Math.ceil(size / LANES)];
    const wanted = Math.max(1, Math.min(Math.floor(WANTED_GROUPS / wide), Math.floor(pixels / LEAST_PIXELS)));
    const span = Math.ceil(pixels / wanted);
    const parts = Math.ceil(pixels / span);
    const dw = to.workspace(`d weights of ${name}`, parts * size, { isFixed: true });
    to.call(depthwiseFilterGradient, { x, dy, dw, rows, span, pixels, ...geometry }, wide * parts);
    to.gradient(weight, { buffer: dw, offset: 0, parts, stride: size });
    to.gradient(bias, { buffer: dw, offset: kernel * kernel * filters, parts, stride: size });
  },

  gradient(to, { operation, x, dy, dx }) {
    const count = to.batch * x.size;
    const target = { mask: dx.mask, dx: dx.buffer };
    const args = { dy, weight: operation.weight, ...target, ...geometryOf(operation), count };
    to.call(depthwiseInputGradient, args, groupsOf(count));
  },
};

function geometryOf({ x, y, kernel, stride, padding: [top, , left] }: Omit<DepthwiseConv2d, 'kind'>) {
  const [height, width, channels] = x.shape as [number, number, number];
  const [outH, outW, filters] = y.shape as [number, number, number];
  return { height, width, channels, filters, kernel, stride, top, left, outH, outW };
}
