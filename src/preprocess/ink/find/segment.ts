import { contrastToBackground } from './background.js';
import type { Box } from '../image/box.js';
import { withoutDust } from './dust.js';
import type { Grid, Mask } from '../image/grid.js';
import { boundingBox, maskWhere } from '../image/grid.js';
import type { Plane } from '../image/plane.js';

/** Contrast that is not ink however clean the picture: faint traces of compression, the edge of rounding. */
const FAINT = 12;

/** Ink stands out from noise by so many times its root mean square. */
const ABOVE_NOISE = 5;

/** Typical contrast of ink against the floor; what rises less is light falling unevenly. */
const CLEAR = 2;

/** The faintest part of a drawing, against its typical contrast. */
const FAINTEST = 0.22;

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

/** Tells ink from background. Undefined if there is no ink. */
export function segment(plane: Plane): Ink | undefined {
  const { box: seen, distances, noise, flat } = contrastToBackground(plane);
  // Averaging thins a hairline out, but faint traces on a flat canvas more.
  const faint = flat && plane.cell > 1 ? FAINT / Math.sqrt(plane.cell) : FAINT;
  const floor = Math.max(faint, ABOVE_NOISE * noise);
  const contrast = typicalContrast(distances, floor);
  if (!(contrast > CLEAR * floor)) return undefined; // NaN if nothing is above the floor

  const grid = { width: seen.right - seen.left, height: seen.bottom - seen.top, cells: distances };
  const radius = Math.max(1, Math.round(Math.max(plane.width, plane.height) / 24));
  const mask = withoutDust(threshold(grid, Math.max(floor, FAINTEST * contrast), contrast, radius), distances);
  const box = boundingBox(mask);
  return (
    box && { mask, box, cell: plane.cell, x: plane.x + seen.left * plane.cell, y: plane.y + seen.top * plane.cell }
  );
}

/** Of the ink: the mean weighted by the square, so that strong strokes outweigh wide faint shadows. */
function typicalContrast(distances: Float32Array, floor: number): number {
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < distances.length; i++) {
    const distance = distances[i] ?? 0;
    if (distance <= floor) continue;
    squares += distance * distance;
    cubes += distance * distance * distance;
  }
  return cubes / squares;
}

/**
 * What is above the lowest contrast of ink. Each stroke is cut at half its own height, as seen within a radius, so that
 * thin and faint ones keep their width and loops stay open.
 */
function threshold(grid: Grid, lowest: number, contrast: number, radius: number): Mask {
  return maskWhere(grid, (cell) => {
    const distance = grid.cells[cell] ?? 0;
    return distance > lowest && (distance >= 0.5 * contrast || !isExceeded(grid, cell, radius, 2 * distance));
  });
}

/** Whether a value within `radius` cells, in a square window, is larger than `limit`; near rows first. */
function isExceeded({ width, height, cells }: Grid, cell: number, radius: number, limit: number): boolean {
  const x = cell % width;
  const y = (cell - x) / width;
  const left = Math.max(0, x - radius);
  const right = Math.min(width, x + radius + 1);
  for (let n = 0; n <= 2 * radius; n++) {
    const v = n % 2 === 0 ? y + n / 2 : y - (n + 1) / 2;
    if (v < 0 || v >= height) continue;
    for (let i = v * width + left; i < v * width + right; i++) if ((cells[i] ?? 0) > limit) return true;
  }
  return false;
}
