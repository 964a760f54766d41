import type {
  Evaluation,
  FineTuneOptions,
  FineTuneReport,
  Input,
  LongCallOptions,
  Prediction,
  PredictOptions,
  Reading,
  ReadOptions,
  Sample,
} from '../types.js';
import type { Handle } from './handle.js';

/** A network that tells classes apart, and learns others. Made by `load` or `create`. */
export interface Classifier extends Handle {
  /** What it is trained on. */
  readonly loss: 'crossEntropy';

  /**
   * Answers what one input shows. An input without ink is answered `{ label: null, rejected: 'blank' }`, one that is
   * plainly several characters `'several'`, and one unlike anything the network was taught `'unfamiliar'`, if the network
   * can tell.
   * @throws {HandfulError} `bad-input` if it cannot be read; `bad-argument` for an option; `aborted`.
   * @example
   * const { label, confidence } = await digits.predict(canvas); // { label: '7', confidence: 0.98, … }
   */
  predict(input: Input, options?: PredictOptions): Promise<Prediction>;

  /**
   * Answers many inputs at once, which is faster than one by one.
   * @returns One prediction for each input, in their order.
   * @throws {HandfulError} `bad-input` naming the input by its index; `bad-argument` for an option; `aborted`.
   * @example
   * const predictions = await digits.predictBatch(canvases);
   */
  predictBatch(inputs: readonly Input[], options?: PredictOptions): Promise<Prediction[]>;

  /**
   * Reads whole numbers, or any characters of its labels, beside each other: 1 to some 30 of them. For networks that
   * read ink. Strokes tell more than pictures do, since they have an order.
   * @throws {HandfulError} `bad-input` if it cannot be read; `bad-argument` for an option, and networks that read no ink;
   *   `aborted`.
   * @example
   * const { text, characters } = await digits.read(canvas); // '42', and each digit with its box
   * const price = await digits.read(canvas, { alphabet: '0123456789.' }); // '3.50'
   */
  read(input: Input, options?: ReadOptions): Promise<Reading>;

  /**
   * Measures accuracy and loss on labelled samples, per class too, with the confusion matrix.
   * @throws {HandfulError} `bad-argument` for an unknown label, an empty list or an option; `bad-input`; `aborted`.
   * @example
   * const { accuracy } = await digits.evaluate([{ input: canvas, label: 7 }]); // 0 to 1
   */
  evaluate(samples: readonly Sample[], options?: LongCallOptions): Promise<Evaluation>;

  /**
   * Learns from a few labelled samples, 1 to some 1,000 of them, and keeps what was learned only if it is better on
   * samples that were held back. The defaults suit the number of samples and whether the network was trained before.
   * Labels that it does not know give it a new head.
   * @throws {HandfulError} `bad-argument`, `bad-input`, `aborted`, `diverged`; the classifier stays as it was.
   * @example
   * const samples = drawings.map(({ canvas, digit }) => ({ input: canvas, label: digit }));
   * const report = await digits.fineTune(samples, { onProgress: ({ fraction }) => (bar.value = fraction) });
   * console.log(report.note);
   */
  fineTune(samples: readonly Sample[], options?: FineTuneOptions): Promise<FineTuneReport>;
}
