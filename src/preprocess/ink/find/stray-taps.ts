import type { Box } from '../image/box.js';
import { around, longerSide } from '../image/box.js';

/** A part is a tap if it is shorter than this share of the longest part. */
const TAP = 0.2;

/** A drawing whose longest part is under this share of it all is made of dots. */
const STROKE = 0.1;

// How far taps may lie from what was drawn, in its lengths. Dots of letters stand above, those of ! and ? close below.
const BESIDE = 0.75;
const ABOVE = 1.5;
const BELOW = 0.5;

/** Which parts of a drawing are accidents, as a resting hand makes them: taps far from what was drawn. */
export function strayTaps(parts: readonly Box[]): boolean[] {
  const longest = parts.reduce((most, part) => Math.max(most, longerSide(part)), 0);
  if (longest < STROKE * longerSide(around(parts))) return parts.map(() => false);
  const isTap = (part: Box) => longerSide(part) < TAP * longest;
  const drawn = around(parts.filter((part) => !isTap(part)));
  const length = longerSide(drawn);
  return parts.map((part) => {
    const beside = Math.max(part.left - drawn.right, drawn.left - part.right);
    const above = drawn.top - part.bottom;
    const below = part.top - drawn.bottom;
    return isTap(part) && (beside > BESIDE * length || above > ABOVE * length || below > BELOW * length);
  });
}
