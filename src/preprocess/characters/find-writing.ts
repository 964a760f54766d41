import type { Picture } from '../picture.js';
import { closer, lookAgain, overviewOf } from '../ink/find/find-ink.js';
import { isBoxed } from '../ink/find/segment.js';
import type { Ink, Segmented } from '../ink/find/segment.js';
import type { Box } from '../ink/image/box.js';
import { distanceTo } from '../ink/image/distance-transform.js';
import { crop } from '../ink/image/grid.js';
import type { Mask } from '../ink/image/grid.js';
import { findOnPaper } from '../ink/paper/find-on-paper.js';
import { EMPTY } from '../ink/paper/paper-ink.js';
import { partsOf, writtenHeight } from './parts.js';
import type { Part } from './parts.js';

/** Characters are seen on so many cells from top to bottom, */
const DETAIL = 36;
/** on paper on more, so that strokes are thicker than lines, */
const ON_PAPER = 64;
/** and all of them on no more than so many, about. */
const MOST = 1 << 18;

// In heights of a character:
/** no stroke is straight for longer: that is a line, */
const STRAIGHT = 1.5;
/** and half as thick, so that it is light and shade. */
const THICK = 0.2;

/** Parts of a drawing have so much of the contrast of the darkest. */
const EVEN = 0.7;

/** Ink, its connected parts, and how high characters are, in cells. */
export interface Written {
  ink: Ink;
  parts: Part[];
  height: number;
}

/**
 * Finds the ink of what may be several characters, on cells that suit their height. What is not plainly a drawing is
 * looked at as a sheet of paper. Undefined if there is none.
 */
export function findWriting(picture: Picture): Written | undefined {
  const overview = overviewOf(picture);
  const { plane, inside, first } = overview;
  const drawn = closer(picture, overview);
  const drawing = drawn && detailed(picture, drawn);
  const written = drawing && partsIn(drawing);
  if (first?.isWhole && drawing?.isWhole && isPlain(drawing, written as Written)) return written;
  const onPaper = findOnPaper(picture, inside, plane, ({ mask, box }) => {
    const side = writtenHeight(mask);
    return { side, detail: side / Math.max(side / ON_PAPER, least(box)) };
  });
  if (onPaper === EMPTY) return undefined;
  const isDrawing = first?.isFlat && !onPaper?.isPrinted && (!onPaper || isThin(first, onPaper));
  return isDrawing ? written : onPaper && partsIn(onPaper);
}

function partsIn(ink: Ink): Written {
  const parts = partsOf(ink.mask);
  return { ink, parts, height: writtenHeight(ink.mask, parts) };
}

/** The ink on cells that suit its height. */
function detailed(picture: Picture, ink: Segmented): Segmented {
  const { mask, box, cell } = ink;
  return lookAgain(picture, ink, cell * Math.max(writtenHeight(mask) / DETAIL, least(box))) ?? ink;
}

/** How small cells may be against the present ones; there would be too many on a page of thin lines. */
const least = ({ left, top, right, bottom }: Box): number => Math.sqrt(((right - left) * (bottom - top)) / MOST);

/** Whether a drawing is in no box, nowhere straight for longer than any stroke, and as dark everywhere as one pen draws. */
function isPlain({ mask, box, distances }: Segmented, { parts, height }: Written): boolean {
  const contrasts = parts.map(({ cells }) => {
    let sum = 0;
    for (const cell of cells) sum += distances[cell] ?? 0;
    return sum / cells.length;
  });
  return (
    Math.min(...contrasts) >= EVEN * Math.max(...contrasts) && !isBoxed(mask, box) && !hasLines(mask, STRAIGHT * height)
  );
}

/** Whether there are more than so many cells of ink in a row, across or down. */
function hasLines({ width, height, cells }: Mask, long: number): boolean {
  const isDrawn = (start: number, stride: number, count: number) => {
    for (let n = 0, run = 0, i = start; n < count; n++, i += stride)
      if ((run = cells[i] === 1 ? run + 1 : 0) > long) return true;
    return false;
  };
  for (let y = 0; width > long && y < height; y++) if (isDrawn(y * width, 1, width)) return true;
  for (let x = 0; height > long && x < width; x++) if (isDrawn(x, width, height)) return true;
  return false;
}

/** Whether ink that was found as a drawing's is nowhere thicker than a stroke, by what was found on paper. */
function isThin({ mask, box, cell }: Segmented, onPaper: Ink): boolean {
  const depths = distanceTo(0, crop(mask, box, 1));
  const most = THICK * writtenHeight(onPaper.mask) * onPaper.cell;
  return depths.every((depth) => depth * cell <= most);
}
