import type { Dense } from '../../../operations.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import type { ProgramBuilder } from '../program-builder.js';

// Below so many weights each thread computes its own images; above, its own columns, so that it reads its own weights.
const FEW_WEIGHTS = 1 << 14;

/** y [N, units] = x [N, in] · weight [in, units] + bias. */
export const dense: OperationEmitter<'dense', ProgramBuilder> = {
  forward(to, { operation, x, y }) {
    const { relu } = operation;
    const { inputs, units } = sizesOf(operation);
    const parameters = { weight: to.parameter(operation.weight), bias: to.parameter(operation.bias) };
    const kernel = 'f32_dense';
    if (isByImages(to, operation))
      to.images(({ first, count }) => [
        {
          kernel,
          ...{ x: to.at(x, first), ...parameters, y: to.at(y, first) },
          ...{ rows: count, inputs, units, first: 0, last: units, relu },
        },
      ]);
    else
      to.ranges(units, 16, ({ first, count }) => [
        {
          kernel,
          ...{ x: to.at(x), ...parameters, y: to.at(y) },
          ...{ rows: to.batch, inputs, units, first, last: first + count, relu },
        },
      ]);
  },

  /** By rows of the weight, which no shards of the images split; beside the gradient by the input, which comes before it. */
  weightGradient(to, { operation, x, dy }) {
    const { inputs, units } = sizesOf(operation);
    const [dw, db] = [to.gradient(operation.weight), to.gradient(operation.bias)];
    to.ranges(
      inputs,
      4,
      ({ first, count }) => [
        {
          kernel: 'f32_dense_weight_gradient',
          ...{ x: to.at(x), dy: to.at(dy), dw, db: first === 0 ? db : 0 },
          ...{ rows: to.batch, inputs, units, first, last: first + count },
        },
      ],
      { beside: dy },
    );
  },

  gradient(to, { operation, dy, dx }) {
    const { inputs, units } = sizesOf(operation);
    const weight = to.parameter(operation.weight);
    const kernel = 'f32_dense_input_gradient';
    const target = (first: number) => ({ dx: to.at(dx.buffer, first), mask: to.at(dx.mask, first) });
    if (isByImages(to, operation))
      to.images(
        ({ first, count }) => [
          {
            kernel,
            ...{ dy: to.at(dy, first), weight, ...target(first) },
            ...{ rows: count, inputs, units, first: 0, last: inputs },
          },
        ],
        { isAlone: false, beside: dy },
      );
    else
      to.ranges(
        inputs,
        4,
        ({ first, count }) => [
          {
            kernel,
            ...{ dy: to.at(dy), weight, ...target(0) },
            ...{ rows: to.batch, inputs, units, first, last: first + count },
          },
        ],
        { beside: dy },
      );
  },
};

function sizesOf({ x, y }: Omit<Dense, 'kind'>): { inputs: number; units: number } {
  const [inputs] = x.shape as [number];
  const [units] = y.shape as [number];
  return { inputs, units };
}

function isByImages({ batch, threads }: ProgramBuilder, operation: Omit<Dense, 'kind'>): boolean {
  const { inputs, units } = sizesOf(operation);
  return inputs * units < FEW_WEIGHTS && batch >= 4 * threads;
}
