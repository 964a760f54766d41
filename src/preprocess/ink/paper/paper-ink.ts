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

/**
 * The ink on a photographed sheet, on cells: without shadows, printed lines, stains and the table. Undefined if there is
 * none.
 *
 * @param stroke Half the width, in cells, of what may be a stroke; what is wider is light and shade.
 * @param isBright The ink is brighter than what it is on.
 */
export function paperInk(plane: Plane, stroke: number, isBright: boolean): Ink | undefined {
  const sharp = localContrast(plane, stroke, isBright);
  const contrast =
    sharp.noise <= NOISY ? sharp : localContrast({ ...plane, colours: smooth(plane.colours, plane) }, stroke, isBright);
  const floor = Math.max(FAINT, ABOVE_NOISE * contrast.noise);
  const cut = cutStrokes(contrast, floor, Math.max(1, Math.round(Math.max(plane.width, plane.height) / 24)));
  if (!cut) return undefined;
  const traces = maskWhere(contrast, (cell) => (contrast.cells[cell] ?? 0) > Math.max(floor, TRACE * cut.contrast));
  (globalThis as any).DBG?.('contrast', contrast);
  (globalThis as any).DBG?.('cut', cut.mask, 255);
  (globalThis as any).DBG?.('traces', traces, 255);
  const np = withoutPrint(cut.mask, traces, contrast);
  (globalThis as any).DBG?.('noprint', np, 255);
  const mask = written(np, contrast);
  (globalThis as any).DBG?.('written', mask, 255);
  const box = boundingBox(mask);
  return box && { mask, box, x: plane.x, y: plane.y, cell: plane.cell };
}
