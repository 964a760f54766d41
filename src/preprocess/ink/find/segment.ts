import { contrastToBackground } from './background.js';
import type { Box } from '../image/box.js';
import { withoutDust } from './dust.js';
import type { Mask } from '../image/grid.js';
import { boundingBox } from '../image/grid.js';
import type { Plane } from '../image/plane.js';
import { cutStrokes } from './threshold.js';

/** Contrast that is not ink however clean the picture: faint traces of compression, the edge of rounding. */
const FAINT = 12;

/** Ink stands out from noise by so many times its root mean square. */
const ABOVE_NOISE = 5;

/** The ink of a picture, on cells. */
export interface Ink {
  mask: Mask;
  /** Upper left corner of the mask, in pixels of the picture. */
  x: number;
  y: number;
  /** Around the ink, in cells of the mask. */
  box: Box;
}


/** Tells ink from background. Undefined if there is no ink. */
export function segment(plane: Plane): Ink | undefined {
  const { box: seen, distances, noise, flat } = contrastToBackground(plane);
  // Averaging thins a hairline out, but faint traces on a flat canvas more.
  const faint = flat && plane.cell > 1 ? FAINT / Math.sqrt(plane.cell) : FAINT;
  const floor = Math.max(faint, ABOVE_NOISE * noise);
  const grid = { width: seen.right - seen.left, height: seen.bottom - seen.top, cells: distances };
  const cut = cutStrokes(grid, floor, Math.max(1, Math.round(Math.max(plane.width, plane.height) / 24)));
  if (!cut) return undefined;
  const mask = withoutDust(cut.mask, distances);
  const box = boundingBox(mask);
  return box && { mask, box, x: plane.x + seen.left * plane.cell, y: plane.y + seen.top * plane.cell };
}
