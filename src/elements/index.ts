/**
 * Elements to drop into a page: `<ink-pad>`, a form control to draw on, and `<digit-input>`, one that reads
 * what is drawn.
 * @module handful/elements
 */

import { define } from './base.js';
import { DigitInput } from './digit-input/digit-input.js';
import { InkPad } from './ink-pad/ink-pad.js';

export { DigitInput, InkPad };
export type { DigitClassifier, DigitSample } from './digit-input/types.js';
export type { DigitWords } from './digit-input/words.js';
export type { DigitInputProperties, InkPadProperties } from './properties.js';
export type { Ink, InkSource } from './ink-pad/strokes.js';
export type { InkPoint, InkStroke } from './ink-pad/sketch.js';

define('ink-pad', InkPad);
define('digit-input', DigitInput);

declare global {
  interface HTMLElementTagNameMap {
    'digit-input': DigitInput;
    'ink-pad': InkPad;
  }
}
