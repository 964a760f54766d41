import type { Mask } from './mask.js';
import { components, distanceTo, emptyMask } from './mask.js';

/**
 * Width of the pen that drew a mask, in cells, from the distances of its cells to the outside. The mask has an empty
 * margin.
 */
export function penWidth({ width, cells }: Mask, inside: Float32Array): number {
  // The middle of a stroke is where the distance is largest among the neighbours. Every cell there votes with its
  // distance, so that the many short spurs that run into corners and bumps count little.
  const votes: number[] = [];
  let sum = 0;
  let area = 0;
  for (let i = 0; i < cells.length; i++) {
    if (cells[i] === 0) continue;
    const d = inside[i];
    sum += d;
    area++;
    const left = Math.max(inside[i - 1], inside[i - width], inside[i - width - 1], inside[i - width + 1]);
    const right = Math.max(inside[i + 1], inside[i + width], inside[i + width + 1], inside[i + width - 1]);
    if (d >= left && d >= right) votes.push(d);
  }
  votes.sort((a, b) => a - b);
  let left = votes.reduce((total, d) => total + d, 0) / 2;
  const middle = votes.find((d) => (left -= d) <= 0)!;
  // Strokes of 2n - 1 and of 2n cells both have a distance of n in their middle. The mean distance tells them apart: it
  // is (w + 2) / 4 in a stroke of width w; ends and crossings bend it, so that it only decides between the two.
  return Math.min(2 * middle, Math.max(2 * middle - 1, (4 * sum) / area - 2));
}

/**
 * The ink with its edge moved outwards by `by` cells, or inwards if negative; 0..1, soft at the edge. Parts too thin to
 * survive a move inwards stay as they are. The mask has an empty margin of more than `by` cells.
 */
export function moveEdge(mask: Mask, inside: Float32Array, by: number): Float32Array {
  if (by >= 0) return soft(distanceTo(1, mask, by + 1), by + 1, -1);
  const coverage = soft(inside, by, 1);
  for (const i of thinParts(mask, inside, -by)) coverage[i] = 1;
  return coverage;
}

/** Coverage, offset + sign · distance, from distances to an edge that passes half a cell beside the cells along it. */
function soft(distances: Float32Array, offset: number, sign: 1 | -1): Float32Array {
  const coverage = new Float32Array(distances.length);
  for (let i = 0; i < distances.length; i++) coverage[i] = Math.min(1, Math.max(0, offset + sign * distances[i]));
  return coverage;
}

/**
 * The ink that a disc of `radius` + 1 cells cannot reach from within (a top-hat), without the small bits of it that are
 * merely corners, and joined to the rest again.
 */
function* thinParts(mask: Mask, inside: Float32Array, radius: number): Generator<number> {
  const { width, height, cells } = mask;
  const core = emptyMask(width, height);
  for (let i = 0; i < cells.length; i++) core.cells[i] = inside[i] > radius + 1 ? 1 : 0;
  const reach = distanceTo(1, core, 1.5 * radius + 1);
  const rest = emptyMask(width, height);
  for (let i = 0; i < cells.length; i++) rest.cells[i] = cells[i] === 1 && reach[i] > 1.5 * radius + 1 ? 1 : 0;
  const thin = emptyMask(width, height);
  let some = false;
  for (const part of components(rest)) {
    if (part.length < radius * radius) continue;
    some = true;
    for (const i of part) thin.cells[i] = 1;
  }
  if (!some) return;
  const near = distanceTo(1, thin, 1.5 * radius);
  for (let i = 0; i < cells.length; i++) if (cells[i] === 1 && near[i] <= 1.5 * radius && inside[i] <= radius) yield i;
}
