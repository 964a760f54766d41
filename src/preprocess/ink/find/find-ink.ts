import type { Picture, Region } from '../../picture.js';
import type { Box } from '../image/box.js';
import { longerSide } from '../image/box.js';
import type { Plane } from '../image/plane.js';
import { insideFrame } from './frame.js';
import { DETAIL, inPixels, OVERVIEW, regionAround } from './look.js';
import { EMPTY } from '../paper/paper-ink.js';
import type { PaperInk } from '../paper/paper-ink.js';
import { findOnPaper } from '../paper/find-on-paper.js';
import { samplePlane } from '../image/sample.js';
import type { Ink, Segmented } from './segment.js';
import { segment } from './segment.js';

/** Ink is never seen on fewer cells along its longer side, if it can be. */
const DETAIL_MIN = 64;

/** Nobody photographs a sheet of paper on fewer pixels. */
const SHEET = 64;

/** A drawing too large for its canvas fills this share of its width and height. */
const FILLING = 0.9;

/**
 * Finds the ink inside a frame, if there is one, looking again more closely if it is a small part of the picture. What
 * is not plainly a drawing is looked at as a sheet of paper. Undefined if there is none.
 */
export function findInk(picture: Picture): Ink | undefined {
  const overview = overviewOf(picture);
  const { plane, inside, first } = overview;
  if (first?.isPlain || Math.max(picture.width, picture.height) < SHEET) return closer(picture, overview);
  const onPaper = findOnPaper(picture, inside, plane);
  if (onPaper === EMPTY) return undefined;
  if (onPaper && !(first && isDrawing(first, onPaper, plane))) return onPaper;
  return closer(picture, overview);
}

/** A first look at a picture. */
export interface Overview {
  plane: Plane;
  /** What is inside a frame, in pixels. */
  inside: Region;
  first: Segmented | undefined;
}

export function overviewOf(picture: Picture): Overview {
  const whole: Region = { x: 0, y: 0, width: picture.width, height: picture.height };
  const cell = Math.ceil(Math.max(picture.width, picture.height) / OVERVIEW);
  const overview = samplePlane(picture, whole, cell);
  const inside = insideFrame(overview, whole);
  const plane = inside === whole ? overview : samplePlane(picture, inside, cell);
  return { plane, inside, first: segment(plane) };
}

/** Whether it is a drawing all the same, by what is found on it as on paper. */
function isDrawing(first: Segmented, onPaper: PaperInk, { width, height }: Plane): boolean {
  if (first.isWide) return !isInside(inPixels(onPaper.box, onPaper), inPixels(first.box, first));
  const { left, top, right, bottom } = first.box;
  return first.isCut && !onPaper.isPrinted && right - left >= FILLING * width && bottom - top >= FILLING * height;
}

/** Whether a box is well inside another: ink on a sheet, not parts of a thick pen's. */
function isInside(inner: Box, outer: Box): boolean {
  const margin = 0.03 * longerSide(outer);
  return (
    inner.left > outer.left + margin &&
    inner.top > outer.top + margin &&
    inner.right < outer.right - margin &&
    inner.bottom < outer.bottom - margin
  );
}

/** The same ink on more cells, as many as it takes. */
export function closer(picture: Picture, { plane, inside, first }: Overview): Segmented | undefined {
  let [ink, cell]: [Segmented | undefined, number] = [first, plane.cell];
  for (let look = 0; ink && look < 3; look++) {
    const side = longerSide(ink.box);
    if (side >= DETAIL_MIN) break;
    const region = regionAround(ink, inside, Math.max(4, side / 4));
    cell = wholeOrPart((cell * side) / DETAIL);
    const next = segment(samplePlane(picture, region, cell));
    if (!next) break;
    ink = next;
  }
  return ink;
}

/** Looks at ink that was found again, on cells of about such a size, in pixels. */
export function lookAgain(picture: Picture, ink: Ink, cell: number): Segmented | undefined {
  const { box } = ink;
  const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
  const margin = Math.max(4, (box.bottom - box.top) / 4);
  return segment(samplePlane(picture, regionAround(ink, whole, margin), wholeOrPart(cell)));
}

/** The next smaller size that cells may have: a whole number of pixels, or one divided by a whole number. */
const wholeOrPart = (cell: number): number => (cell >= 1 ? Math.floor(cell) : 1 / Math.ceil(1 / cell));
