import type { Box } from '../image/box.js';
import { around, emptyBox, growBox, longerSide } from '../image/box.js';
import { components } from '../image/components.js';
import type { Grid, Mask } from '../image/grid.js';
import { emptyMask } from '../image/grid.js';
import { strayTaps } from '../find/stray-taps.js';

/** A connected part of a mask. */
export interface Part {
  cells: readonly number[];
  box: Box;
  /** Contrast squared, summed. */
  mass: number;
  /** Typical contrast. */
  contrast: number;
  /** Contrast summed across it, as if it were one long stroke. */
  strength: number;
  /** Cells across, as if it were one long stroke. */
  width: number;
  atBorder: boolean;
}

/** Ink is of one contrast and one strength; parts of less are stains, shadows and print, all the more where they lie apart. */
const PALE_APART = 0.62;
const PALE = 0.5;
const WEAK = 0.4;

/** So much of the size of the main part is a gap. */
const APART = 0.05;

/** What is smaller than this share of the view is no character. */
export const SPECK = 0.06;

export function partsOf(mask: Mask, contrast: Grid): Part[] {
  return components(mask).map((cells) => {
    const box = emptyBox();
    let [sum, mass, cubes, outline] = [0, 0, 0, 0];
    for (const cell of cells) {
      const x = cell % mask.width;
      const y = (cell - x) / mask.width;
      growBox(box, x, y, x + 1, y + 1);
      const value = contrast.cells[cell] ?? 0;
      sum += value;
      mass += value * value;
      cubes += value * value * value;
      if (x === 0 || mask.cells[cell - 1] === 0) outline++;
      if (x === mask.width - 1 || mask.cells[cell + 1] === 0) outline++;
      if (mask.cells[cell - mask.width] !== 1) outline++;
      if (mask.cells[cell + mask.width] !== 1) outline++;
    }
    const length = (outline * Math.PI) / 8; // both sides; steps overrate an outline by 4 / pi on average
    const atBorder = box.left === 0 || box.top === 0 || box.right === mask.width || box.bottom === mask.height;
    return { cells, box, mass, contrast: cubes / mass, strength: sum / length, width: cells.length / length, atBorder };
  });
}

/** The part that is most ink, and dark rather than large, as stains are; one that is seen whole, if it is more than a speck. */
export function heaviest(parts: readonly Part[], { width, height }: Mask): Part | undefined {
  const most = heavier(parts);
  const speck = SPECK * Math.max(width, height);
  const whole = parts.filter(
    ({ atBorder, box, mass }) => !atBorder && longerSide(box) >= speck && mass >= 0.01 * (most?.mass ?? 0),
  );
  return heavier(whole) ?? most;
}

const heavier = (parts: readonly Part[]): Part | undefined =>
  parts.reduce<Part | undefined>((best, part) => (best && darkMass(best) >= darkMass(part) ? best : part), undefined);

const darkMass = ({ mass, contrast }: Part): number => mass * contrast ** 2;

/** The parts that are the character, or the characters; without dust, stains, what is cut off at the border, underlines. */
export function written(mask: Mask, contrast: Grid): Mask {
  const parts = partsOf(mask, contrast);
  const main = heaviest(parts, mask);
  if (!main) return mask;
  const dot = (Math.PI / 4) * main.width ** 2;
  const seen = parts.filter(
    (part) =>
      part === main ||
      (part.cells.length >= dot / 4 &&
        part.contrast >= (isApart(part, main) ? PALE_APART : PALE) * main.contrast &&
        (!part.atBorder || main.atBorder)),
  );
  const weak = seen.filter(({ strength }) => strength < WEAK * main.strength);
  const meant = weak.length > 1 ? seen.filter((part) => !weak.includes(part)) : seen; // one alone may be a stroke
  const isStray = strayTaps(meant.map(({ box }) => box));
  const strokes = meant.filter((_, n) => !isStray[n]);
  const kept = strokes.filter((part) => !isUnderline(part, strokes));
  const out = emptyMask(mask.width, mask.height);
  for (const { cells } of kept) for (const cell of cells) out.cells[cell] = 1;
  return out;
}

/** Whether there is a gap between the boxes of two parts. */
function isApart({ box: a }: Part, { box: b }: Part): boolean {
  const gap = Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom);
  return gap > APART * longerSide(b);
}

/** Whether a part is flat, below all others and wider than they are. The bars of ± and ≤ are as wide as what is above. */
function isUnderline(part: Part, parts: readonly Part[]): boolean {
  const others = parts.filter((other) => other !== part);
  if (others.length === 0) return false;
  const { left, top, right, bottom } = around(others.map(({ box }) => box));
  const [width, height] = [part.box.right - part.box.left, part.box.bottom - part.box.top];
  const isFlat = width >= 3 * height;
  const isBelow = part.box.top >= bottom - 0.15 * (bottom - top) && part.box.left < right && part.box.right > left;
  return isFlat && isBelow && width >= 1.15 * (right - left) && bottom - top >= 2 * height;
}
