import type { Page } from 'puppeteer-core';
import type { Point } from '../../support/points.js';
import { points } from '../../support/points.js';

type Drawing = Point[][];

/** Part of an ellipse, angles in turns from the top, clockwise. */
function arc(x: number, y: number, rx: number, ry: number, from: number, to: number, count = 14): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = 2 * Math.PI * (from + ((to - from) * i) / (count - 1));
    return [x + rx * Math.sin(angle), y - ry * Math.cos(angle)];
  });
}

/** How this hand writes, in units of the pad's side. */
export const drawings = {
  '0': [arc(0.5, 0.5, 0.2, 0.3, 0, 1, 20)],
  '1': [points('0.52,0.18 0.5,0.82')],
  '2': [[...arc(0.48, 0.36, 0.17, 0.17, -0.22, 0.36), ...points('0.3,0.8 0.72,0.8')]],
  '3': [[...arc(0.47, 0.34, 0.16, 0.15, -0.2, 0.5), ...arc(0.47, 0.65, 0.19, 0.17, 0, 0.7)]],
  '4': [points('0.42,0.18 0.3,0.55 0.7,0.55'), points('0.62,0.3 0.58,0.85')],
  '5': [[...points('0.66,0.2 0.38,0.2 0.36,0.46'), ...arc(0.47, 0.62, 0.19, 0.18, 0, 0.68)]],
  '6': [[...points('0.58,0.18 0.42,0.4 0.34,0.6'), ...arc(0.5, 0.66, 0.16, 0.16, -0.25, -1.2, 18)]],
  '7': [points('0.3,0.22 0.7,0.22 0.45,0.82')],
  '8': [[...arc(0.5, 0.34, 0.14, 0.15, 0.5, -0.5, 16), ...arc(0.5, 0.66, 0.17, 0.17, 0, 1, 16)]],
  '9': [[...arc(0.5, 0.36, 0.15, 0.16, 0.25, -0.75, 18), ...points('0.62,0.6 0.57,0.84')]],
  triangle: [points('0.5,0.2 0.78,0.75 0.22,0.75 0.5,0.2')],
  wave: [points('0.1,0.55 0.22,0.4 0.36,0.55 0.5,0.4 0.64,0.55 0.78,0.4 0.9,0.55')],
} satisfies Record<string, Drawing>;

export type Name = keyof typeof drawings;

export interface Manner {
  pad?: string;
  by?: 'mouse' | 'touch';
  /** Shifts and slants a drawing a little, as no one draws twice the same. */
  variation?: number;
}

/** Draws on a pad as a hand does: down, along the points, up. */
export async function draw(page: Page, name: Name, manner: Manner = {}): Promise<void> {
  const { pad = '#pad', by = 'mouse', variation = 0 } = manner;
  await page.$eval(pad, (canvas) => canvas.scrollIntoView({ block: 'center' }));
  const { x, y, width, height } = (await (await page.$(pad))!.boundingBox())!;
  const slant = 0.12 * Math.sin(2.4 * variation);
  const shift = 0.05 * Math.sin(1.7 * variation);
  const place = ([u, v]: Point): Point => [x + (u + shift + slant * (0.5 - v)) * width, y + (v + shift) * height];
  const pen = by === 'mouse' ? mouse(page) : touch(page);
  for (const stroke of drawings[name] as Drawing) {
    for (const [i, point] of stroke.map(place).entries()) await (i === 0 ? pen.down(...point) : pen.move(...point));
    await pen.up();
  }
}

/** Writes digits beside each other on a pad, each as wide as half of it is high. */
export async function write(page: Page, pad: string, digits: string): Promise<void> {
  await page.$eval(pad, (element) => element.scrollIntoView({ block: 'center' }));
  const { x, y, width, height } = (await (await page.$(pad))!.boundingBox())!;
  for (const [i, digit] of [...digits].entries())
    for (const stroke of drawings[digit as Name]) {
      for (const [n, [u, v]] of stroke.entries()) {
        await page.mouse.move(x + 0.1 * width + (u + 0.6 * i) * 0.8 * height, y + v * height);
        if (n === 0) await page.mouse.down();
      }
      await page.mouse.up();
    }
}

function mouse({ mouse }: Page) {
  return {
    down: async (x: number, y: number) => {
      await mouse.move(x, y);
      await mouse.down();
    },
    move: (x: number, y: number) => mouse.move(x, y),
    up: () => mouse.up(),
  };
}

function touch({ touchscreen }: Page) {
  return {
    down: (x: number, y: number) => touchscreen.touchStart(x, y),
    move: (x: number, y: number) => touchscreen.touchMove(x, y),
    up: () => touchscreen.touchEnd(),
  };
}
