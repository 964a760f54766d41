// The elements in Vue's templates, from Vue 3.3 on.

import type { HTMLAttributes } from 'vue';
import type { DigitInputProperties, DigitSample, InkPadProperties, InkSource } from './elements.js';

export * from './elements.js';

type Component<Own> = new () => { $props: Omit<HTMLAttributes, keyof Own> & Own };

interface InkPadListeners {
  onStrokestart?: ((event: Event) => void) | undefined;
}

interface DigitInputListeners extends InkPadListeners {
  onCorrection?: ((event: CustomEvent<DigitSample>) => void) | undefined;
  onError?: ((event: ErrorEvent) => void) | undefined;
}

/** What `v-model` binds, which to Vue's types is a property. */
interface Bound<Value> {
  modelValue?: Value | undefined;
}

declare module 'vue' {
  interface GlobalComponents {
    'digit-input': Component<DigitInputProperties & DigitInputListeners & Bound<string>>;
    'ink-pad': Component<InkPadProperties & InkPadListeners & Bound<InkSource>>;
  }
}
