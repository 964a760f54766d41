// What frameworks may set, for their types.

import type { DigitClassifier, DigitSample } from './digit-input/types.js';
import type { DigitWords } from './digit-input/words.js';
import type { InkSource } from './ink-pad/strokes.js';

interface ControlProperties {
  name?: string | undefined;
  required?: boolean | undefined;
  disabled?: boolean | undefined;
  readonly?: boolean | undefined;
  readOnly?: boolean | undefined;
  controls?: boolean | undefined;
  onstrokestart?: ((event: Event) => void) | undefined;
}

/** What can be set on an `<ink-pad>`. */
export interface InkPadProperties extends ControlProperties {
  value?: InkSource;
}

/** What can be set on a `<digit-input>`. */
export interface DigitInputProperties extends ControlProperties {
  value?: string | undefined;
  model?: string | undefined;
  classifier?: DigitClassifier | null | undefined;
  words?: Partial<DigitWords> | undefined;
  samples?: readonly DigitSample[] | undefined;
  oncorrection?: ((event: CustomEvent<DigitSample>) => void) | undefined;
  onerror?: ((event: ErrorEvent) => void) | undefined;
}
