import { contrastToBackground } from './background.js';
import type { Box } from '../image/box.js';
import { withoutDust } from './dust.js';
import type { Mask } from '../image/grid.js';
import { components } from '../image/components.js';
import { distanceTo } from '../image/distance-transform.js';
import { boundingBox, crop } from '../image/grid.js';
import type { Plane } from '../image/plane.js';
import { cutStrokes } from './threshold.js';

/** Contrast that is not ink however clean the picture: faint traces of compression, the edge of rounding. */
const FAINT = 12;

/** Ink stands out from noise by so many times its root mean square. */
const ABOVE_NOISE = 5;

/** Ink may be cut by this share of the border. */
const CUT = 0.1;

/** A character has no more parts. */
const FEW = 3;

/** A sheet on a table fills so much of its box, and what is written on it leaves so much of its shorter side free. */
const SOLID = 0.55;
const DEEP = 0.12;

/** What is narrower, against its length, is a stroke. */
const NARROW = 0.4;

/** A printed side of a box is drawn for this share of it, within so many outermost cells. */
const DRAWN = 0.9;
const EDGE = 3;

/** The ink of a picture, on cells. */
export interface Ink {
  mask: Mask;
  /** Side of a cell, and the upper left corner of the mask, in pixels of the picture. */
  cell: number;
  x: number;
  y: number;
  /** Around the ink, in cells of the mask. */
  box: Box;
}

/** What a segmented plane shows. */
export interface Segmented extends Ink {
  /** How far each cell's colour is from the background's. */
  distances: Float32Array;
  /** On one colour, */
  isFlat: boolean;
  /** and away from the border. */
  isWhole: boolean;
  /** Nothing but one line of a pen, on one colour, away from the border. */
  isPlain: boolean;
  /** One wide area on one colour, away from the border: a thick pen's, or a sheet's. */
  isWide: boolean;
  /** Parts on one colour, each of which the border cuts: a drawing larger than its canvas, or a shadow. */
  isCut: boolean;
}

/** Tells ink from background. Undefined if there is no ink. */
export function segment(plane: Plane): Segmented | undefined {
  const { box: seen, distances, noise, flat } = contrastToBackground(plane);
  // Averaging thins a hairline out, but faint traces on a flat canvas more.
  const faint = flat && plane.cell > 1 ? FAINT / Math.sqrt(plane.cell) : FAINT;
  const floor = Math.max(faint, ABOVE_NOISE * noise);
  const grid = { width: seen.right - seen.left, height: seen.bottom - seen.top, cells: distances };
  const cut = cutStrokes(grid, floor, Math.max(1, Math.round(Math.max(plane.width, plane.height) / 24)));
  if (!cut) return undefined;
  const { mask, parts } = withoutDust(cut.mask, distances);
  const box = boundingBox(mask);
  if (!box) return undefined;
  const isOne = flat && parts === 1;
  const isOff = isCutOff(mask, box, seen, plane);
  const isCut = flat && parts <= FEW && isOff && isAllCut(mask, seen, plane) && !isArea(mask, box);
  const isAlone = isOne && !isOff;
  const isWide = isAlone && !isNarrow(box) && isArea(mask, box);
  const ink = { mask, box, x: plane.x + seen.left * plane.cell, y: plane.y + seen.top * plane.cell, cell: plane.cell };
  const isPlain = isAlone && !isWide && (isNarrow(box) || !isBoxed(mask, box));
  return { ...ink, distances, isFlat: flat, isWhole: flat && !isOff, isPlain, isWide, isCut };
}

/** Whether the border of the plane, of which `seen` is the part that the mask is of, cuts ink on opposite sides, or long. */
function isCutOff({ width, height, cells }: Mask, box: Box, seen: Box, plane: Plane): boolean {
  const isAt = {
    left: seen.left + box.left === 0,
    top: seen.top + box.top === 0,
    right: seen.left + box.right === plane.width,
    bottom: seen.top + box.bottom === plane.height,
  };
  if ((isAt.left && isAt.right) || (isAt.top && isAt.bottom)) return true;
  if (!Object.values(isAt).includes(true)) return false;
  let cut = 0;
  if (isAt.left || isAt.right)
    for (let i = isAt.left ? 0 : width - 1; i < cells.length; i += width) cut += cells[i] ?? 0;
  if (isAt.top || isAt.bottom)
    for (let x = 0, i = isAt.top ? 0 : width * (height - 1); x < width; x++, i++) cut += cells[i] ?? 0;
  return cut > CUT * 2 * (plane.width + plane.height);
}

function isAllCut(mask: Mask, seen: Box, plane: Plane): boolean {
  return components(mask).every((part) =>
    part.some((cell) => {
      const x = seen.left + (cell % mask.width);
      const y = seen.top + Math.floor(cell / mask.width);
      return x === 0 || y === 0 || x === plane.width - 1 || y === plane.height - 1;
    }),
  );
}

/** Whether ink is one stroke. */
function isNarrow({ left, top, right, bottom }: Box): boolean {
  const [width, height] = [right - left, bottom - top];
  return Math.min(width, height) < NARROW * Math.max(width, height);
}

/** Whether at least three sides of a box are drawn along their whole length, nearly. */
export function isBoxed({ width, cells }: Mask, { left, top, right, bottom }: Box): boolean {
  const isDrawn = (from: number, stride: number, count: number, inwards: number) => {
    for (let depth = 0; depth < EDGE; depth++) {
      let drawn = 0;
      for (let n = 0, i = from + depth * inwards; n < count; n++, i += stride) drawn += cells[i] ?? 0;
      if (drawn >= DRAWN * count) return true;
    }
    return false;
  };
  const [across, down] = [right - left, bottom - top];
  const [first, last] = [top * width + left, (bottom - 1) * width + right - 1];
  const level = [isDrawn(first, 1, across, width), isDrawn(last, -1, across, -width)];
  if (!level.includes(true)) return false;
  const upright = [isDrawn(first, width, down, 1), isDrawn(last, -width, down, -1)];
  return [...level, ...upright].filter(Boolean).length >= 3;
}

/** Whether ink is a wide area; only then is it looked at how far its inside is away from what is around it. */
function isArea(mask: Mask, box: Box): boolean {
  const { left, top, right, bottom } = box;
  const [width, height] = [right - left, bottom - top];
  let area = 0;
  for (let y = top; y < bottom; y++)
    for (let i = y * mask.width + left; i < y * mask.width + right; i++) area += mask.cells[i] ?? 0;
  if (area < SOLID * width * height) return false;
  const deepest = distanceTo(0, crop(mask, box, 1)).reduce((most, depth) => Math.max(most, depth));
  return deepest >= DEEP * Math.min(width, height);
}
