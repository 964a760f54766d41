import type { Pieces } from '../../../preprocess/characters/pieces.js';
import type { Box } from '../../../preprocess/ink/image/box.js';
import { around } from '../../../preprocess/ink/image/box.js';
import type { Heard } from './evidence.js';
import type { Candidate } from './lattice.js';

/** What no network for digits knows, and what is told by place and shape instead. */
export const MARKS = ['-', '.', ','] as const;
export type Mark = (typeof MARKS)[number];

/** Of the line, in heights of a character; y is down from where characters begin to where they end, 0 to 1. */
const SMALL = 0.32;
const POINT = { from: 0.68, to: 1.3 };
const DASH = { from: 0.22, to: 0.8, low: 0.3, aspect: 1.6, short: 0.12 };
/** A comma is so much higher than wide, or longer than a point. */
const COMMA = { aspect: 1.35, long: 0.2, most: 0.55, slim: 0.35, from: 0.6 };

/**
 * The mark that a candidate is by its shape, and its place between the characters beside it; undefined if it is none.
 * @param wanted Those that are in the alphabet.
 */
export function markOf(
  { pieces, height, pen }: Pieces,
  { pieces: own, box }: Candidate,
  wanted: readonly Mark[],
): Heard | undefined {
  if (wanted.length === 0) return undefined;
  const [width, tallness] = [(box.right - box.left) / height, (box.bottom - box.top) / height];
  const line = bandBeside(
    pieces.map((piece) => piece.box).filter((_, i) => !own.includes(i)),
    box,
    height,
  );
  const y = line ? ((box.top + box.bottom) / 2 - line.top) / Math.max(line.bottom - line.top, height / 2) : 0.5;
  const is = (mark: Mark) => wanted.includes(mark);
  const heard = (label: Mark): Heard => ({
    label,
    probability: 0.95,
    probabilities: [],
    strangeness: -Infinity,
    isMark: true,
  });

  const isFlat = tallness <= DASH.low && width >= DASH.aspect * Math.max(tallness, pen / height) && width >= DASH.short;
  if (is('-') && isFlat && y > DASH.from && y < DASH.to) return heard('-');
  if (!line) return undefined;
  const isSmall = width <= SMALL && tallness <= SMALL;
  const isTail = width <= COMMA.slim && tallness <= COMMA.most && tallness > COMMA.aspect * width;
  const isLow = y > POINT.from && y < POINT.to;
  const isComma = isTail && y > COMMA.from && (tallness > COMMA.long || !is('.'));
  if (is(',') && (isComma || (isSmall && isLow && !is('.')))) return heard(',');
  if (is('.') && isSmall && isLow) return heard('.');
  return undefined;
}

/**
 * Where the characters beside a box begin and end: what stands next to it on both sides, all that is within a height of
 * the nearest, since a character may have several pieces.
 */
function bandBeside(others: readonly Box[], box: Box, height: number): Pick<Box, 'top' | 'bottom'> | undefined {
  const middle = (box.left + box.right) / 2;
  const standing = others.filter(({ top, bottom }) => bottom - top >= 0.5 * height);
  const bands = [-1, 1].flatMap((side) => {
    const there = standing
      .map((other) => ({ other, far: (side * (other.left + other.right - 2 * middle)) / 2 }))
      .filter(({ far }) => far > 0);
    const nearest = Math.min(...there.map(({ far }) => far));
    return there.length > 0 ? around(there.filter(({ far }) => far < nearest + height).map(({ other }) => other)) : [];
  });
  if (bands.length === 0) return undefined;
  const mean = (of: (box: Box) => number) => bands.reduce((sum, band) => sum + of(band), 0) / bands.length;
  return { top: mean(({ top }) => top), bottom: mean(({ bottom }) => bottom) };
}
