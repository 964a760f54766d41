import type { Mask } from './grid.js';

/** The connected components of a mask's ink, diagonal neighbours included: the cells of each, in no order. */
export function components({ width, cells }: Mask): number[][] {
  const rest = cells.slice(); // ink that is in no part yet
  const parts: number[][] = [];
  for (let start = rest.indexOf(1); start >= 0; start = rest.indexOf(1, start)) parts.push(fill(rest, width, start));
  return parts;
}

/** Takes the part that a cell is in out of the mask. */
function fill(cells: Uint8Array, width: number, start: number): number[] {
  const part = [start];
  cells[start] = 0;
  for (const cell of part) {
    const x = cell % width;
    const left = x > 0 ? -1 : 0;
    const right = x < width - 1 ? 1 : 0;
    for (let middle = cell - width; middle <= cell + width; middle += width) {
      for (let neighbour = middle + left; neighbour <= middle + right; neighbour++) {
        if (cells[neighbour] !== 1) continue; // nothing outside of the mask is
        cells[neighbour] = 0;
        part.push(neighbour);
      }
    }
  }
  return part;
}
