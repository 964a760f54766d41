import type { Picture, Region } from '../../picture.js';
import { longerSide } from '../image/box.js';
import { insideFrame } from './frame.js';
import type { Plane } from '../image/plane.js';
import { paperInk } from '../paper/paper-ink.js';
import { paperBrightness } from '../paper/local-contrast.js';
import { samplePlane } from '../image/sample.js';
import type { Ink } from './segment.js';
import { segment } from './segment.js';

/** The whole picture is first seen on at most so many cells a side. */
const OVERVIEW = 160;

/** The ink is then seen on about so many cells along its longer side, and never on fewer than DETAIL_MIN if it can be. */
const DETAIL = 96;
const DETAIL_MIN = 64;

/** Ink on paper is looked at with so much around it, in its own sizes on each side. */
const AROUND = 0.8;

/** Half of the thickest stroke, against a character's size. */
const THICKEST = 0.2;

/**
 * Finds the ink inside a frame, if there is one, looking again more closely if it is a small part of the picture.
 * Undefined if there is none.
 */
export function findInk(picture: Picture): Ink | undefined {
  const whole: Region = { x: 0, y: 0, width: picture.width, height: picture.height };
  let cell = Math.ceil(Math.max(picture.width, picture.height) / OVERVIEW);
  let plane = samplePlane(picture, whole, cell);
  const inside = insideFrame(plane, whole);
  const onPaper = inkOnPaper(picture, inside, plane);
  if (onPaper) return onPaper;
  let region = inside;
  let best: Ink | undefined;
  for (let look = 0; look < 4; look++) {
    if (region !== whole) plane = samplePlane(picture, region, cell);
    const ink = segment(plane);
    if (!ink) break;
    best = ink;
    const side = longerSide(ink.box);
    if (side >= DETAIL_MIN) break;
    const next = wholeCell((cell * side) / DETAIL);
    region = regionOf(ink, plane.cell, inside, Math.max(4, side / 4));
    cell = next;
  }
  return best;
}

/** Seen within its own size around it, so that what is long and straight is seen to be. */
function inkOnPaper(picture: Picture, inside: Region, overview: Plane): Ink | undefined {
  const plane = samplePlane(picture, inside, overview.cell);
  const { ink, isBright } = inEitherPolarity(plane);
  if (!ink) return undefined;
  const side = longerSide(ink.box);
  const region = regionOf(ink, plane.cell, inside, AROUND * side);
  const finer = (plane.cell * side) / DETAIL;
  const cell = finer >= 1 ? Math.round(finer) : 1 / Math.round(1 / finer);
  return paperInk(samplePlane(picture, region, cell), Math.ceil((THICKEST * side * plane.cell) / cell), isBright);
}

/** Ink is darker than paper. On what is dark itself it may be brighter: what is around the other is ink, not its holes. */
function inEitherPolarity(plane: Plane): { ink: Ink | undefined; isBright: boolean } {
  const stroke = OVERVIEW * THICKEST / 2;
  const dark = paperInk(plane, stroke, false);
  if (paperBrightness(plane) >= 128) return { ink: dark, isBright: false };
  const bright = paperInk(plane, stroke, true);
  const isBright = !dark || (bright !== undefined && longerSide(bright.box) > longerSide(dark.box));
  return { ink: isBright ? bright : dark, isBright };
}

/** The nearest size of cells that pictures can be read on, not larger. */
const wholeCell = (cell: number): number => (cell >= 1 ? Math.floor(cell) : 1 / Math.ceil(1 / cell));

/** The ink's box with a margin of so many cells, in pixels, within limits. */
function regionOf({ box, x, y }: Ink, cell: number, limits: Region, margin: number): Region {
  const left = Math.max(limits.x, Math.floor(x + (box.left - margin) * cell));
  const top = Math.max(limits.y, Math.floor(y + (box.top - margin) * cell));
  const right = Math.min(limits.x + limits.width, Math.ceil(x + (box.right + margin) * cell));
  const bottom = Math.min(limits.y + limits.height, Math.ceil(y + (box.bottom + margin) * cell));
  return { x: left, y: top, width: right - left, height: bottom - top };
}
