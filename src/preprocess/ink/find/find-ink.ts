import type { Picture, Region } from '../../picture.js';
import { longerSide } from '../image/box.js';
import { insideFrame } from './frame.js';
import { samplePlane } from '../image/sample.js';
import type { Ink } from './segment.js';
import { segment } from './segment.js';

/** The whole picture is first seen on at most so many cells a side. */
const OVERVIEW = 160;

/** The ink is then seen on about so many cells along its longer side, and never on fewer than DETAIL_MIN if it can be. */
const DETAIL = 96;
const DETAIL_MIN = 64;

/**
 * Finds the ink inside a frame, if there is one, looking again more closely if it is a small part of the picture.
 * Undefined if there is none.
 */
export function findInk(picture: Picture): Ink | undefined {
  const whole: Region = { x: 0, y: 0, width: picture.width, height: picture.height };
  let cell = Math.ceil(Math.max(picture.width, picture.height) / OVERVIEW);
  let plane = samplePlane(picture, whole, cell);
  const inside = insideFrame(plane, whole);
  let region = inside;
  let best: Ink | undefined;
  for (let look = 0; look < 4; look++) {
    if (region !== whole) plane = samplePlane(picture, region, cell);
    const ink = segment(plane);
    if (!ink) break;
    best = ink;
    const side = longerSide(ink.box);
    if (side >= DETAIL_MIN) break;
    const next = wholeOrPart((cell * side) / DETAIL);
    region = regionOf(ink, plane.cell, inside, Math.max(4, side / 4));
    cell = next;
  }
  return best;
}

/** Looks at ink that was found again, on cells of about such a size, in pixels. */
export function lookAgain(picture: Picture, ink: Ink, cell: number): Ink | undefined {
  const { box } = ink;
  const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
  const margin = Math.max(4, (box.bottom - box.top) / 4);
  return segment(samplePlane(picture, regionOf(ink, ink.cell, whole, margin), wholeOrPart(cell)));
}

/** The next smaller size that cells may have: a whole number of pixels, or one divided by a whole number. */
const wholeOrPart = (cell: number): number => (cell >= 1 ? Math.floor(cell) : 1 / Math.ceil(1 / cell));

/** The ink's box with a margin of so many cells, in pixels, within limits. */
function regionOf({ box, x, y }: Ink, cell: number, limits: Region, margin: number): Region {
  const left = Math.max(limits.x, Math.floor(x + (box.left - margin) * cell));
  const top = Math.max(limits.y, Math.floor(y + (box.top - margin) * cell));
  const right = Math.min(limits.x + limits.width, Math.ceil(x + (box.right + margin) * cell));
  const bottom = Math.min(limits.y + limits.height, Math.ceil(y + (box.bottom + margin) * cell));
  return { x: left, y: top, width: right - left, height: bottom - top };
}
