import type { Mask } from '../image/grid.js';

/**
 * Width of the pen that drew a mask, in cells, from the distances of its cells to the outside. The mask has an empty
 * margin.
 */
export function penWidth({ width, cells }: Mask, inside: Float32Array): number {
  const at = (cell: number): number => inside[cell] ?? 0;
  // The middle of a stroke is where the distance is largest among the neighbours. Every cell there votes with its
  // distance, so that the many short spurs that run into corners and bumps count little.
  const votes: number[] = [];
  let sum = 0;
  let area = 0;
  for (let i = 0; i < cells.length; i++) {
    if (cells[i] === 0) continue;
    const d = at(i);
    sum += d;
    area++;
    const left = Math.max(at(i - 1), at(i - width), at(i - width - 1), at(i - width + 1));
    const right = Math.max(at(i + 1), at(i + width), at(i + width + 1), at(i + width - 1));
    if (d >= left && d >= right) votes.push(d);
  }
  const middle = weightedMedian(votes);
  // Strokes of 2n - 1 and of 2n cells both have a distance of n in their middle. The mean distance tells them apart: it
  // is (w + 2) / 4 in a stroke of width w; ends and crossings bend it, so that it only decides between the two.
  return Math.min(2 * middle, Math.max(2 * middle - 1, (4 * sum) / area - 2));
}

/** The median of values that weigh as much as they are large. */
function weightedMedian(values: number[]): number {
  values.sort((a, b) => a - b);
  let left = values.reduce((total, value) => total + value, 0) / 2;
  return values.find((value) => (left -= value) <= 0) ?? 0;
}
