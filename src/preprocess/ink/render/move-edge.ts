import { components } from '../image/components.js';
import { distanceTo } from '../image/distance-transform.js';
import type { Mask } from '../image/grid.js';
import { emptyMask, maskWhere } from '../image/grid.js';

/**
 * The ink with its edge moved outwards by `by` cells, or inwards if negative; 0..1, soft at the edge. Parts too thin to
 * survive a move inwards stay as they are. The mask has an empty margin of more than `by` cells.
 * @param inside Distances of its cells to the outside.
 */
export function moveEdge(mask: Mask, inside: Float32Array, by: number): Float32Array {
  if (by >= 0) return soft(distanceTo(1, mask, by + 1), by + 1, -1);
  const coverage = soft(inside, by, 1);
  const thin = thinParts(mask, inside, -by);
  return thin ? coverage.map((value, cell) => (thin.cells[cell] === 1 ? 1 : value)) : coverage;
}

/** Coverage, offset + sign · distance, from distances to an edge that passes half a cell beside the cells along it. */
function soft(distances: Float32Array, offset: number, sign: 1 | -1): Float32Array {
  const coverage = new Float32Array(distances.length);
  for (let i = 0; i < distances.length; i++)
    coverage[i] = Math.min(1, Math.max(0, offset + sign * (distances[i] ?? 0)));
  return coverage;
}

/**
 * The ink that a disc of `radius` + 1 cells cannot reach from within (a top-hat), without the small bits of it that are
 * merely corners, and joined to the rest again. Undefined if there is none.
 */
function thinParts(mask: Mask, inside: Float32Array, radius: number): Mask | undefined {
  const isInk = (cell: number) => mask.cells[cell] === 1;
  const depth = (cell: number) => inside[cell] ?? 0;
  const core = maskWhere(mask, (cell) => depth(cell) > radius + 1);
  const toCore = distanceTo(1, core, 1.5 * radius + 1);
  const rest = maskWhere(mask, (cell) => isInk(cell) && (toCore[cell] ?? 0) > 1.5 * radius + 1);
  const parts = components(rest).filter((part) => part.length >= radius * radius);
  if (parts.length === 0) return undefined;
  const thin = emptyMask(mask.width, mask.height);
  for (const part of parts) for (const cell of part) thin.cells[cell] = 1;
  const toThin = distanceTo(1, thin, 1.5 * radius);
  return maskWhere(mask, (cell) => isInk(cell) && (toThin[cell] ?? 0) <= 1.5 * radius && depth(cell) <= radius);
}
