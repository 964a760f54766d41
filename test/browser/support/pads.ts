// Pads in a page, and hands that draw on them.

import 'handful/elements';
import type { InkPad } from 'handful/elements';

const places: HTMLElement[] = [];

/** Puts markup into the page until the test is over. */
export function page(html: string): HTMLElement {
  const place = document.createElement('div');
  place.innerHTML = html;
  document.body.append(place);
  places.push(place);
  return place;
}

/** Empties the page after each test of the suite in which this is called. */
export function emptiedAfterEach(): void {
  afterEach(() => places.splice(0).forEach((place) => place.remove()));
}

/** A pad 200 pixels wide and high unless markup says otherwise. */
export function padIn(html = '<ink-pad></ink-pad>'): InkPad {
  const pad = page(html).querySelector('ink-pad')!;
  pad.style.inlineSize ||= '200px';
  return pad;
}

export const canvasOf = (pad: Element) => pad.shadowRoot!.querySelector('canvas')!;

export const buttonOf = (pad: Element, name: string) => pad.shadowRoot!.querySelector<HTMLElement>(`[part~=${name}]`)!;

type Place = readonly [x: number, y: number];

/** Sends a pointer's event to a pad's canvas; places are shares of its width and height. */
export function point(pad: Element, type: string, [x, y]: Place, init: PointerEventInit = {}): PointerEvent {
  const canvas = canvasOf(pad);
  const event = new PointerEvent(`pointer${type}`, {
    bubbles: true,
    composed: true,
    cancelable: true,
    isPrimary: true,
    pointerId: 7,
    pointerType: 'touch',
    ...placeOn(canvas, [x, y]),
    ...init,
  });
  canvas.dispatchEvent(event);
  return event;
}

export function placeOn(element: Element, [x, y]: Place): { clientX: number; clientY: number } {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { clientX: left + x * width, clientY: top + y * height };
}

/** Draws a stroke. */
export function stroke(pad: Element, places: readonly Place[], init: PointerEventInit = {}): void {
  const [first = [0, 0], ...others] = places;
  point(pad, 'down', first, init);
  for (const place of others) point(pad, 'move', place, init);
  point(pad, 'up', places.at(-1) ?? first, init);
}

/** Names of the events that an element fires from here on. */
export function heard(element: EventTarget, ...types: string[]): string[] {
  const names: string[] = [];
  for (const type of types) element.addEventListener(type, () => names.push(type));
  return names;
}

/** When what shows is what was asked for. */
export const shown = () =>
  new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));

/** How many pixels of a pad have ink. */
export function inked(pad: Element): number {
  const { width, height } = canvasOf(pad);
  const { data } = canvasOf(pad).getContext('2d')!.getImageData(0, 0, width, height);
  return data.filter((value, i) => i % 4 === 3 && value > 127).length;
}
