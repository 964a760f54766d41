import type { FineTuneOptions, FineTuneReport, Prediction } from '../../types.js';
import type { Ink } from '../ink-pad/strokes.js';
import type { DigitWords } from './words.js';

/** A drawing and what it is, to learn from. */
export interface DigitSample {
  input: Ink;
  label: string;
}

/** What reads drawings: a classifier of handful's, or anything that answers as one. */
export interface DigitClassifier {
  readonly labels?: readonly string[];
  predict(input: Ink, options?: { signal?: AbortSignal }): Promise<Prediction>;
  fineTune?(samples: readonly DigitSample[], options?: FineTuneOptions): Promise<FineTuneReport>;
}

/** One that has to be disposed of. */
export type OwnClassifier = DigitClassifier & { dispose(): void };

/** What of a `<digit-input>` its reader deals with. */
export interface Face {
  readonly pad: HTMLElement & { readonly value: Ink; readonly blank: boolean; readonly drawing: string | undefined };
  readonly choices: HTMLElement;
  readonly status: HTMLElement;
  words(): Partial<DigitWords>;
  /** What the page gave to read with; without it, a network of this id or URL is loaded. */
  named(): { classifier: DigitClassifier | undefined; model: string | null };
  load(model: string): Promise<OwnClassifier>;
  /** Takes a text that was read. */
  take(text: string): unknown;
  /** Takes a text that a person chose. */
  correct(text: string): void;
  /** Tells the page of an error. */
  fail(error: unknown): unknown;
}
