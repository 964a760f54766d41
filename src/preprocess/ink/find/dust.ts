import { boxOfCells } from '../image/box.js';
import { components } from '../image/components.js';
import type { Mask } from '../image/grid.js';
import { strayTaps } from './stray-taps.js';

/**
 * A mask without parts too small to be a stroke or a dot of the pen that drew the rest, and without its stray taps; and
 * how many parts it had but for those.
 */
export function withoutDust(mask: Mask, distances: Float32Array): { mask: Mask; parts: number } {
  const parts = components(mask);
  if (parts.length < 2) return { mask, parts: parts.length };
  const main = heaviest(parts, distances);
  const dot = (Math.PI / 4) * meanWidth(mask, main) ** 2;
  const strokes = parts.filter((part) => part.length >= dot / 4);
  const isStray = strayTaps(strokes.map((part) => boxOfCells(part, mask.width)));
  const cells = new Uint8Array(mask.cells.length);
  for (const [n, part] of strokes.entries()) if (!isStray[n]) for (const cell of part) cells[cell] = 1;
  return { mask: { ...mask, cells }, parts: parts.length - isStray.filter(Boolean).length };
}

function heaviest(parts: readonly (readonly number[])[], weights: Float32Array): readonly number[] {
  const massOf = (part: readonly number[]) => part.reduce((sum, cell) => sum + (weights[cell] ?? 0), 0);
  return parts
    .map((part) => ({ part, mass: massOf(part) }))
    .reduce((best, other) => (other.mass > best.mass ? other : best)).part;
}

/** Width of a part as if it were one long stroke: twice its area by its outline, which runs along both its sides. */
function meanWidth({ width, height, cells }: Mask, part: readonly number[]): number {
  let outline = 0;
  for (const i of part) {
    const x = i % width;
    if (x === 0 || cells[i - 1] === 0) outline++;
    if (x === width - 1 || cells[i + 1] === 0) outline++;
    if (i < width || cells[i - width] === 0) outline++;
    if (i >= width * (height - 1) || cells[i + width] === 0) outline++;
  }
  return (2 * part.length) / (outline * (Math.PI / 4)); // steps overrate an outline by 4 / pi on average
}
