import type { Box } from '../ink/image/box.js';
import { around, boxOfCells, longerSide } from '../ink/image/box.js';
import { components } from '../ink/image/components.js';
import { distanceTo } from '../ink/image/distance-transform.js';
import type { Mask } from '../ink/image/grid.js';
import { emptyMask } from '../ink/image/grid.js';
import { fitScale } from '../ink/render/fit.js';
import { PEN } from '../ink/render/mnist.js';
import { moveEdge } from '../ink/render/move-edge.js';
import { renderCoverage } from '../ink/render/render.js';
import { typicalHeight } from './pieces.js';

/** A part of a mask's ink. */
export interface Part {
  cells: readonly number[];
  box: Box;
}

/** The connected ones. */
export function partsOf(mask: Mask): Part[] {
  return components(mask).map((cells) => partOf(cells, mask.width));
}

export function partOf(cells: readonly number[], width: number): Part {
  return { cells, box: boxOfCells(cells, width) };
}

/** A mask of some parts alone, with an empty margin. @param width Of the mask that they are parts of. */
export function maskOf(parts: readonly Part[], width: number, margin: number): Mask {
  const box = around(parts.map((part) => part.box));
  const mask = emptyMask(box.right - box.left + 2 * margin, box.bottom - box.top + 2 * margin);
  for (const { cells } of parts)
    for (const cell of cells) {
      const x = cell % width;
      mask.cells[((cell - x) / width - box.top + margin) * mask.width + x - box.left + margin] = 1;
    }
  return mask;
}

/** Parts as MNIST was made, as `inkFromPicture` has whole pictures, by the pen that drew them all. */
export function drawParts(parts: readonly Part[], width: number, pen: number): Float32Array {
  const side = longerSide(around(parts.map(({ box }) => box)));
  const scale = Math.min(1, fitScale(side - pen, pen));
  const outwards = (PEN / scale - pen) / 2;
  const mask = maskOf(parts, width, 2 + Math.max(0, Math.ceil(outwards)));
  const inside = outwards < 0 ? distanceTo(0, mask) : new Float32Array(0);
  return renderCoverage({ ...mask, cells: moveEdge(mask, inside, outwards) }, scale);
}

/** How high the characters of a mask are. */
export function writtenHeight(mask: Mask, parts: readonly Part[] = partsOf(mask)): number {
  return typicalHeight(parts.map((part) => ({ ...part.box, bottom: part.box.top + heightWithin(part, mask.width) })));
}

/**
 * How high the characters of a part are: what it usually takes up within half its height, since those that touch may
 * climb.
 */
function heightWithin({ cells, box }: Part, width: number): number {
  const height = box.bottom - box.top;
  const columns = box.right - box.left;
  const reach = Math.ceil(height / 4);
  if (columns <= 2 * reach) return height;
  const tops = new Int32Array(columns).fill(box.bottom);
  const bottoms = new Int32Array(columns).fill(box.top);
  for (const cell of cells) {
    const x = (cell % width) - box.left;
    const y = Math.floor(cell / width);
    tops[x] = Math.min(tops[x] ?? y, y);
    bottoms[x] = Math.max(bottoms[x] ?? y, y + 1);
  }
  const heights: number[] = [];
  for (let x = reach; x < columns - reach; x++) {
    const window = [x - reach, x + reach + 1] as const;
    heights.push(Math.max(...bottoms.subarray(...window)) - Math.min(...tops.subarray(...window)));
  }
  return heights.sort((a, b) => a - b)[heights.length >> 1] ?? height;
}
