import type { Box } from '../ink/image/box.js';
import { byPlace } from './pieces.js';
import type { Pieces } from './pieces.js';

/** Lower pieces, in heights of a character, are dots and dashes, which begin no line. */
const LOW = 0.5;

/** The middle of a line rises or falls by no more from one piece to the next, in heights. */
const STEP = 0.6;

/**
 * The pieces of each line, from the uppermost line to the lowest. From left to right, what stands goes on with the line
 * whose last piece it is nearest to, so lines may slope; dots and dashes go to the line that is nearest to them.
 */
export function linesOf({ pieces, height }: Pick<Pieces, 'pieces' | 'height'>): number[][] {
  const boxes = pieces.map(({ box }) => box);
  const middleOf = (piece: number) => middle(boxes[piece] as Box);
  const isLow = ({ top, bottom }: Box) => bottom - top < LOW * height;
  const places = byPlace(boxes);
  const lines: number[][] = [];
  for (const piece of places.filter((piece) => !isLow(boxes[piece] as Box))) {
    const nearest = least(lines, (line) => Math.abs(middleOf(piece) - middleOf(line.at(-1) ?? piece)));
    if (nearest && Math.abs(middleOf(piece) - middleOf(nearest.at(-1) ?? piece)) < STEP * height) nearest.push(piece);
    else lines.push([piece]);
  }
  if (lines.length === 0) return [places];
  const standing = lines.map((line) => [...line]);
  for (const piece of places.filter((piece) => isLow(boxes[piece] as Box))) {
    const toLine = (line: readonly number[]) => Math.min(...line.map((other) => apart(boxes[piece], boxes[other])));
    const nearest = least(standing, toLine) ?? [];
    lines[standing.indexOf(nearest)]?.push(piece);
  }
  const heightOf = (line: readonly number[]) => line.reduce((sum, piece) => sum + middleOf(piece), 0) / line.length;
  return lines
    .map((line, i) => ({ line, at: heightOf(standing[i] ?? line) }))
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line);
}

const middle = ({ top, bottom }: Box) => (top + bottom) / 2;

/** Distance between the middles of two boxes; down it counts more, as lines go across. */
function apart(a: Box | undefined, b: Box | undefined): number {
  if (!a || !b) return Infinity;
  return Math.hypot((a.left + a.right - b.left - b.right) / 2, a.top + a.bottom - b.top - b.bottom);
}

function least<T>(list: readonly T[], of: (item: T) => number): T | undefined {
  const values = list.map(of);
  return list[values.indexOf(Math.min(...values))];
}
