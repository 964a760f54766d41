import type {
  Input,
  LongCallOptions,
  RegressionPrediction,
  RegressionEvaluation,
  RegressionFineTuneOptions,
  RegressionReport,
  RegressionSample,
  RegressionPredictOptions,
} from '../types.js';
import { checked } from './check.js';
import { Handle } from './handle.js';
import { shareOf, takeInputs, takeLesson, takeSamples } from './inputs.js';
import { LONG_CALL, REGRESS, TUNE_REGRESSOR } from './options.js';
import { refuse } from './refuse.js';

/**
 * A network that answers numbers, and learns to by the squared error. Made by `load` or `create` with
 * `{ loss: 'squaredError' }`.
 */
export class Regressor extends Handle {
  /** What it is trained on. */
  readonly loss = 'squaredError';

  /**
   * Answers one input with numbers.
   * @throws {HandfulError} `bad-input` if it cannot be read, or has no ink; `bad-argument` for an option; `aborted`.
   * @example
   * const { values } = await sine.predict([0.5]); // { values: [0.479] }
   */
  async predict(input: Input, options?: RegressionPredictOptions): Promise<RegressionPrediction> {
    const [regression] = (await this.predictBatch([input], options)) as [RegressionPrediction];
    return regression;
  }

  /**
   * Answers many inputs at once, which is faster than one by one.
   * @returns One answer for each input, in their order.
   * @throws {HandfulError} `bad-input` naming the input by its index; `bad-argument` for an option; `aborted`.
   * @example
   * const curve = await sine.predictBatch([[0], [0.1], [0.2]]);
   */
  async predictBatch(inputs: readonly Input[], options?: RegressionPredictOptions): Promise<RegressionPrediction[]> {
    const { image = false, ...call } = checked(options, REGRESS);
    return this.send(takeInputs(inputs), call, (host, call, items) => host.regress(call, items, { image }));
  }

  /**
   * Measures the mean squared error on samples.
   * @throws {HandfulError} `bad-argument` for a target that does not fit, an empty list or an option; `bad-input`;
   *   `aborted`.
   * @example
   * const { loss } = await sine.evaluate([{ input: [0.5], target: 0.479 }]);
   */
  async evaluate(samples: readonly RegressionSample[], options?: LongCallOptions): Promise<RegressionEvaluation> {
    const call = checked(options, LONG_CALL);
    return this.send(takeSamples(samples, this.readTarget), call, (host, call, items) =>
      host.evaluateRegression(call, items),
    );
  }

  /**
   * Learns from samples, and keeps what was learned only if its error is less on samples that were held back. All layers
   * learn. Targets may be of any unit and size.
   * @throws {HandfulError} `bad-argument`, `bad-input`, `aborted`, `diverged`; the regressor stays as it was.
   * @example
   * const sine = await create(mlp([1, 32, 1], { activation: 'tanh' }), { loss: 'squaredError' });
   * const report = await sine.fineTune(points.map(({ x, y }) => ({ input: [x], target: y })));
   * console.log(report.note);
   */
  async fineTune(samples: readonly RegressionSample[], options?: RegressionFineTuneOptions): Promise<RegressionReport> {
    const { signal, onProgress, validation, ...recipe } = checked(options, TUNE_REGRESSOR);
    const wire = { ...recipe, ...shareOf(validation) };
    return this.learn(takeLesson(samples, validation, this.readTarget), { signal, onProgress }, (host, call, lesson) =>
      host.fineTuneRegression(call, lesson.samples, wire, lesson.held),
    );
  }

  private readTarget = (sample: Partial<RegressionSample> | undefined, what: string): { target: number[] } => {
    const given = sample?.target;
    const { outputs: length } = this.info;
    const numbers = typeof given === 'number' ? [given] : (Object(given) as ArrayLike<number>);
    const target = Array.from({ length }, (_, i) => numbers[i] as number);
    if (numbers.length !== length || !target.every(isFinite32))
      refuse(`${what} has a target of ${length} finite numbers`, given);
    return { target };
  };
}

/** Whether a network's numbers can be as large. */
function isFinite32(value: unknown): boolean {
  return Number.isFinite(value) && Number.isFinite(Math.fround(value as number));
}
