import type { DigitClassifier, DigitInput } from 'handful/elements';
import { sleep } from '../../support/sdk-classifiers.js';
import { page } from './pads.js';

/** What a field is made of. */
export const within = <T extends HTMLElement = HTMLElement>(input: DigitInput, selector: string) =>
  input.shadowRoot!.querySelector<T>(selector)!;
export const padOf = (input: DigitInput) => input.shadowRoot!.querySelector('ink-pad')!;

/** A field in the page. */
export function inputIn(html = '<digit-input></digit-input>', classifier?: DigitClassifier): DigitInput {
  const input = page(html).querySelector('digit-input')!;
  if (classifier) input.classifier = classifier;
  return input;
}

/** Waits for what a test expects to be so within some seconds. */
export async function until(isSo: () => boolean, what = String(isSo), patience = 15_000): Promise<void> {
  for (const end = Date.now() + patience; !isSo(); await sleep(20))
    if (Date.now() > end) throw new Error(`It never was so: ${what}`);
}
