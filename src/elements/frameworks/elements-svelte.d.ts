// The elements in Svelte's templates, from Svelte 5 on.

import type { HTMLAttributes } from 'svelte/elements';
import type { DigitInput, DigitInputProperties, InkPad, InkPadProperties } from './elements.js';

export * from './elements.js';

type Attributes<Element extends EventTarget, Own> = Omit<HTMLAttributes<Element>, keyof Own> & Own;

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'digit-input': Attributes<DigitInput, DigitInputProperties>;
    'ink-pad': Attributes<InkPad, InkPadProperties>;
  }
}
