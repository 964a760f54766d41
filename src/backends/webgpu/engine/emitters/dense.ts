import type { Dense } from '../../../operations.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import { dense as forward, denseInputGradient } from '../kernels/dense.js';
import { tilesOf } from '../kernels/tiles.js';
import type { ProgramBuilder } from '../program-builder.js';
import { filterGradient } from './convolution.js';

const PIXEL = { height: 1, width: 1, kernel: 1, stride: 1, top: 0, left: 0, outH: 1, outW: 1, pool: 1 };

/** y [N, units] = x [N, inputs] · weight [inputs, units] + bias. */
export const dense: OperationEmitter<'dense', ProgramBuilder> = {
  forward(to, { operation, x, y }) {
    const { weight, bias, relu } = operation;
    const { inputs, units } = sizesOf(operation);
    to.call(forward, { x, weight, bias, y, batch: to.batch, inputs, units, relu }, tilesOf(units, to.batch));
  },

  weightGradient(to, step) {
    const { inputs: channels, units: filters } = sizesOf(step.operation);
    filterGradient(to, step, { geometry: { ...PIXEL, batch: to.batch, channels, filters } });
  },

  gradient(to, { operation, dy, dx }) {
    const { weight } = operation;
    const { inputs, units } = sizesOf(operation);
    const target = { mask: dx.mask, dx: dx.buffer };
    to.call(denseInputGradient, { dy, weight, ...target, batch: to.batch, inputs, units }, tilesOf(inputs, to.batch));
  },
};

export function sizesOf({ x, y }: Omit<Dense, 'kind'>): { inputs: number; units: number } {
  const [inputs] = x.shape as [number];
  const [units] = y.shape as [number];
  return { inputs, units };
}
