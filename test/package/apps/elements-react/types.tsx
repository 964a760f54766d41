// What React's JSX takes and refuses; compiled, never run.
import 'handful/elements/react';
import type { DigitInput, Ink } from 'handful/elements/react';
import { load } from 'handful';

const digits = await load('mnist-lenet5');

export const page = (show: (ink: Ink) => void) => (
  <form>
    <ink-pad
      name="ink"
      className="pad"
      controls
      value={null}
      aria-label="Pad"
      onChange={({ currentTarget }) => show(currentTarget.value)}
      onstrokestart={() => {}}
    >
      draw
    </ink-pad>
    <digit-input
      key="digit"
      name="digit"
      required
      classifier={digits}
      words={{ sure: 'Eine {label}.' }}
      oncorrection={({ detail }) => show(detail.input)}
      onerror={({ error }) => console.log(error)}
      ref={(field: DigitInput | null) => void field?.learn({ epochs: 2 })}
    />
    {/* @ts-expect-error A number is no ink. */}
    <ink-pad value={3} />
    {/* @ts-expect-error There is no such word. */}
    <digit-input words={{ shure: '' }} />
  </form>
);
