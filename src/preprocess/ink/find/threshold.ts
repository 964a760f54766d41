import type { Grid, Mask } from '../image/grid.js';
import { maskWhere } from '../image/grid.js';

/** Typical contrast of ink against the floor; what rises less is light falling unevenly. */
const CLEAR = 2;

/** The faintest part of a drawing, against its typical contrast. */
const FAINTEST = 0.22;

/**
 * The strokes of ink above a floor, and their typical contrast; undefined if there are none. Each stroke is cut at half
 * its own height, as seen within a radius, so that thin and faint ones keep their width and loops stay open.
 */
export function cutStrokes(grid: Grid, floor: number, radius: number): { mask: Mask; contrast: number } | undefined {
  const contrast = typicalContrast(grid.cells, floor);
  if (!(contrast > CLEAR * floor)) return undefined; // NaN if nothing is above the floor
  const lowest = Math.max(floor, FAINTEST * contrast);
  const mask = maskWhere(grid, (cell) => {
    const distance = grid.cells[cell] ?? 0;
    return distance > lowest && (distance >= 0.5 * contrast || !isExceeded(grid, cell, radius, 2 * distance));
  });
  return { mask, contrast };
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
