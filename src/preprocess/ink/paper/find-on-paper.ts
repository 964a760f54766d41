import { DETAIL, OVERVIEW, regionAround } from '../find/look.js';
import type { Ink } from '../find/segment.js';
import { longerSide } from '../image/box.js';
import type { Plane } from '../image/plane.js';
import { samplePlane } from '../image/sample.js';
import type { Picture, Region } from '../../picture.js';
import { paperBrightness } from './local-contrast.js';
import { EMPTY, paperInk } from './paper-ink.js';
import type { PaperInk } from './paper-ink.js';

/** So much around the ink is looked at, in sizes of a character on each side: what is long and straight is seen to be. */
const AROUND = 0.8;

/** Half of the thickest stroke, against a character's size. */
const THICKEST = 0.2;

/** Brighter paper has no ink that is brighter still, 0 to 255. */
const BRIGHT = 128;

/** How large a character is, in cells, and on how many it is to be seen. */
interface Size {
  side: number;
  detail: number;
}

const asOne = ({ box }: Ink): Size => ({ side: longerSide(box), detail: DETAIL });

/**
 * Finds ink on a sheet of paper, first on the whole plane, then close to the ink. Undefined if there is none;
 * {@link EMPTY} if it is ruled or squared paper on which there is surely none.
 *
 * @param plane The region on few cells.
 * @param sizeOf Of the characters; the ink is one, if it is not said.
 */
export function findOnPaper(
  picture: Picture,
  region: Region,
  plane: Plane,
  sizeOf = asOne,
): PaperInk | typeof EMPTY | undefined {
  const { ink, isBright } = inEitherPolarity(plane);
  if (!ink || ink === EMPTY) return ink;
  const { side, detail } = sizeOf(ink);
  const finer = (plane.cell * side) / detail;
  const cell = finer >= 1 ? Math.round(finer) : 1 / Math.round(1 / finer);
  const around = regionAround(ink, region, AROUND * side);
  const stroke = Math.ceil((THICKEST * side * plane.cell) / cell);
  const close = paperInk(samplePlane(picture, around, cell), stroke, isBright);
  if (!close || close === EMPTY) return undefined;
  return { ...close, isPrinted: close.isPrinted || ink.isPrinted };
}

/** On dark paper ink may be brighter. Which it is, is seen from outside: ink is around its holes. */
function inEitherPolarity(plane: Plane): { ink: PaperInk | typeof EMPTY | undefined; isBright: boolean } {
  const stroke = (OVERVIEW / 2) * THICKEST;
  const dark = paperInk(plane, stroke, false);
  if (paperBrightness(plane) >= BRIGHT) return { ink: dark, isBright: false };
  const bright = paperInk(plane, stroke, true);
  const side = (ink: typeof dark) => (ink && ink !== EMPTY ? longerSide(ink.box) : 0);
  const isBright = !dark || side(bright) > side(dark);
  return { ink: isBright ? bright : dark, isBright };
}
