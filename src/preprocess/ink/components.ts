import type { Mask } from './grid.js';

/** The connected components of a mask's ink, diagonal neighbours included: the cells of each, in no order. */
export function components({ width, height, cells }: Mask): number[][] {
  const rest = cells.slice(); // ink that is in no part yet
  const parts: number[][] = [];
  for (let start = rest.indexOf(1); start >= 0; start = rest.indexOf(1, start)) {
    rest[start] = 0;
    const part = [start];
    for (const cell of part) {
      // grows until it has no neighbours left
      const x = cell % width;
      const y = (cell - x) / width;
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const neighbour = v * width + u;
          if (rest[neighbour] === 0) continue;
          rest[neighbour] = 0;
          part.push(neighbour);
        }
      }
    }
    parts.push(part);
  }
  return parts;
}
