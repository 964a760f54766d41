import type { InkStroke } from './sketch.js';

/** A tap moves less than so many CSS pixels. */
const TAP = 10;

/** How far from other ink a tap is meant, in lengths of that ink: dots stand beside or above a letter. */
const NEAR = 0.75;

/**
 * Whether the last stroke is a tap far from all others, as a hand makes it that rests.
 * @param unit CSS pixels that are 1 in strokes.
 */
export function isStrayTap(strokes: readonly InkStroke[], unit: number): boolean {
  const [left, top, right, bottom] = boxOf(strokes.slice(0, -1));
  const [tapLeft, tapTop, tapRight, tapBottom] = boxOf(strokes.slice(-1));
  const length = Math.max(right - left, bottom - top); // -Infinity of no ink, from which nothing is far
  const distance = Math.max(tapLeft - right, left - tapRight, tapTop - bottom, top - tapBottom);
  const moved = Math.max(tapRight - tapLeft, tapBottom - tapTop);
  return length > 0 && moved * unit < TAP && distance > NEAR * length;
}

type Box = [left: number, top: number, right: number, bottom: number];

function boxOf(strokes: readonly InkStroke[]): Box {
  return strokes
    .flat()
    .reduce<Box>(
      ([left, top, right, bottom], [x, y]) => [
        Math.min(left, x),
        Math.min(top, y),
        Math.max(right, x),
        Math.max(bottom, y),
      ],
      [Infinity, Infinity, -Infinity, -Infinity],
    );
}
