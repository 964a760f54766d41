// The elements in React's JSX, from React 19 on.

import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { DigitInput, DigitInputProperties, InkPad, InkPadProperties } from './elements.js';

export * from './elements.js';

type Props<Element, Own> = Omit<DetailedHTMLProps<HTMLAttributes<Element>, Element>, keyof Own> & Own;

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'digit-input': Props<DigitInput, DigitInputProperties>;
      'ink-pad': Props<InkPad, InkPadProperties>;
    }
  }
}
