// The elements in Vue's templates, from Vue 3.3 on.

import type { HTMLAttributes } from 'vue';
import type { DigitInputProperties, DigitSample, InkPadProperties } from './elements.js';

export * from './elements.js';

type Component<Own> = new () => { $props: Omit<HTMLAttributes, keyof Own> & Own };

interface OwnEvents {
  onStrokestart?: ((event: Event) => void) | undefined;
  onCorrection?: ((event: CustomEvent<DigitSample>) => void) | undefined;
}

declare module 'vue' {
  interface GlobalComponents {
    'digit-input': Component<DigitInputProperties & OwnEvents>;
    'ink-pad': Component<InkPadProperties & OwnEvents>;
  }
}
