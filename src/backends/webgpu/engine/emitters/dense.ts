import type { Dense } from '../../../operations.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import { dense as forward, denseInputGradient, denseWeightGradient } from '../kernels/dense.js';
import { tilesOf } from '../kernels/tiles.js';
import type { ProgramBuilder } from '../program-builder.js';

/** y [N, units] = x [N, inputs] · weight [inputs, units] + bias. */
export const dense: OperationEmitter<'dense', ProgramBuilder> = {
  forward(to, { operation, x, y }) {
    const { weight, bias, relu } = operation;
    const { inputs, units } = sizesOf(operation);
    to.call(forward, { x, weight, bias, y, batch: to.batch, inputs, units, relu }, tilesOf(units, to.batch));
  },

  weightGradient(to, { operation, x, dy }) {
    const { name, weight, bias } = operation;
    const { inputs, units } = sizesOf(operation);
    const rows = inputs + (bias === undefined ? 0 : 1);
    const dw = to.workspace(`d weights of ${name}`, rows * units, { isFixed: true });
    to.call(denseWeightGradient, { x, dy, dw, batch: to.batch, inputs, units, rows }, tilesOf(rows, units));
    to.gradient(weight, { buffer: dw, offset: 0 });
    to.gradient(bias, { buffer: dw, offset: inputs * units });
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
