/**
 * Elements to drop into a page: `<ink-pad>`, a form control to draw on.
 * @packageDocumentation
 */

import { define } from './base.js';
import { InkPad } from './ink-pad/ink-pad.js';

export { InkPad };
export type { Ink, InkSource } from './ink-pad/strokes.js';
export type { InkPoint, InkStroke } from './ink-pad/sketch.js';

define('ink-pad', InkPad);

declare global {
  interface HTMLElementTagNameMap {
    'ink-pad': InkPad;
  }
}
