import type { Ink } from '../find/segment.js';
import { cutStrokes } from '../find/threshold.js';
import { boundingBox, maskWhere } from '../image/grid.js';
import type { Plane } from '../image/plane.js';
import { smooth } from '../image/smooth.js';
import { localContrast } from './local-contrast.js';
import { written } from './parts.js';
import { withoutPrint } from './printed.js';

const FAINT = 12;
const ABOVE_NOISE = 5;

/** More noise than this is averaged away. */
const NOISY = 4;

/** Traces of print, against the contrast of ink. */
const TRACE = 0.1;

/** What is on a sheet of ruled or squared paper that nobody has written on. */
export const EMPTY = 'empty';

/** Ink, and whether there are printed lines too. */
export interface PaperInk extends Ink {
  isPrinted: boolean;
}

/**
 * The ink on a photographed sheet, on cells: without shadows, printed lines, stains and the table. Undefined if there is
 * none; {@link EMPTY} if that is sure, since there is nothing but printed lines.
 *
 * @param stroke Half the width, in cells, of what may be a stroke; what is wider is light and shade.
 * @param isBright The ink is brighter than what it is on.
 */
export function paperInk(plane: Plane, stroke: number, isBright: boolean): PaperInk | typeof EMPTY | undefined {
  const sharp = localContrast(plane, stroke, isBright);
  const contrast =
    sharp.noise <= NOISY ? sharp : localContrast({ ...plane, colours: smooth(plane.colours, plane) }, stroke, isBright);
  const floor = Math.max(FAINT, ABOVE_NOISE * contrast.noise);
  const cut = cutStrokes(contrast, floor, Math.max(1, Math.round(Math.max(plane.width, plane.height) / 24)));
  if (!cut) return undefined;
  const traces = maskWhere(contrast, (cell) => (contrast.cells[cell] ?? 0) > Math.max(floor, TRACE * cut.contrast));
  const unprinted = withoutPrint(cut.mask, traces, contrast);
  if (unprinted.isEmpty) return EMPTY;
  const mask = written(unprinted.mask, contrast);
  const box = boundingBox(mask);
  return box && { mask, box, x: plane.x, y: plane.y, cell: plane.cell, isPrinted: unprinted.mask !== cut.mask };
}
