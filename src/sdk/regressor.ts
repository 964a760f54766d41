import type {
  Input,
  LongCallOptions,
  RegressionEvaluation,
  RegressionFineTuneOptions,
  RegressionPrediction,
  RegressionPredictOptions,
  RegressionReport,
  RegressionSample,
} from '../types.js';
import type { Handle } from './handle.js';

/**
 * A network that answers numbers, and learns to by the squared error. Made by `load` or `create` with
 * `{ loss: 'squaredError' }`.
 */
export interface Regressor extends Handle {
  /** What it is trained on. */
  readonly loss: 'squaredError';

  /**
   * Answers one input with numbers.
   * @throws {HandfulError} `bad-input` if it cannot be read, or has no ink; `bad-argument` for an option; `aborted`.
   * @example
   * const { values } = await sine.predict([0.5]); // { values: [0.479] }
   */
  predict(input: Input, options?: RegressionPredictOptions): Promise<RegressionPrediction>;

  /**
   * Answers many inputs at once, which is faster than one by one.
   * @returns One answer for each input, in their order.
   * @throws {HandfulError} `bad-input` naming the input by its index; `bad-argument` for an option; `aborted`.
   * @example
   * const curve = await sine.predictBatch([[0], [0.1], [0.2]]);
   */
  predictBatch(inputs: readonly Input[], options?: RegressionPredictOptions): Promise<RegressionPrediction[]>;

  /**
   * Measures the mean squared error on samples.
   * @throws {HandfulError} `bad-argument` for a target that does not fit, an empty list or an option; `bad-input`;
   *   `aborted`.
   * @example
   * const { loss } = await sine.evaluate([{ input: [0.5], target: 0.479 }]);
   */
  evaluate(samples: readonly RegressionSample[], options?: LongCallOptions): Promise<RegressionEvaluation>;

  /**
   * Learns from samples, and keeps what was learned only if its error is less on samples that were held back. All layers
   * learn. Targets may be of any unit and size.
   * @throws {HandfulError} `bad-argument`, `bad-input`, `aborted`, `diverged`; the regressor stays as it was.
   * @example
   * const sine = await create(mlp([1, 32, 1], { activation: 'tanh' }), { loss: 'squaredError' });
   * const report = await sine.fineTune(points.map(({ x, y }) => ({ input: [x], target: y })));
   * console.log(report.note);
   */
  fineTune(samples: readonly RegressionSample[], options?: RegressionFineTuneOptions): Promise<RegressionReport>;
}
