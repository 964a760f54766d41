import type { Mask } from '../ink/image/grid.js';

/** A way from the top of a mask to its bottom, along which it can be cut. */
export interface Seam {
  /** The column that it passes in each row. */
  columns: Int32Array;
  /** Cells of ink on it. */
  ink: number;
}

/** A step aside costs such a share of a cell of ink. */
const ASIDE = 0.1;

/**
 * The ways through a mask that cut the least ink, for each place where they may pass its middle row: shortest paths, by
 * dynamic programming from above and from below.
 * @param apart How many columns there are between two of them, and beside them, in the middle row.
 * @param most Ways that cost more cells of ink are left out.
 */
export function seams(mask: Mask, apart: number, most: number): Seam[] {
  const { width, height } = mask;
  const middle = height >> 1;
  const above = shortestWays(mask, 0, middle);
  const below = shortestWays(mask, height - 1, middle);
  const costs = above.costs.map((cost, x) => cost + (below.costs[x] ?? 0) - (mask.cells[middle * width + x] ?? 0));
  const cheapest = Array.from(costs, (_, x) => x)
    .filter((x) => (costs[x] ?? 0) <= most && x >= apart / 2 && x < width - apart / 2)
    .sort((a, b) => (costs[a] ?? 0) - (costs[b] ?? 0));
  const places: number[] = [];
  for (const x of cheapest) if (places.every((other) => Math.abs(other - x) >= apart)) places.push(x);
  return places
    .sort((a, b) => a - b)
    .map((x) => {
      const columns = new Int32Array(height);
      follow(above, x, middle, -1, columns);
      follow(below, x, middle, 1, columns);
      return { columns, ink: columns.reduce((sum, column, y) => sum + (mask.cells[y * width + column] ?? 0), 0) };
    });
}

/** Ways from an edge to every cell. */
interface Ways {
  width: number;
  /** Of those to the last row: [width]. */
  costs: Float32Array;
  /** How far aside each comes from the row before, -1 to 1: [height, width]. */
  asides: Int8Array;
}

function shortestWays({ width, cells }: Mask, edge: number, last: number): Ways {
  const down = edge <= last ? 1 : -1;
  const asides = new Int8Array(cells.length);
  let costs = Float32Array.from(cells.subarray(edge * width, (edge + 1) * width));
  for (let y = edge; y !== last;) {
    y += down;
    const next = new Float32Array(width);
    for (let x = 0; x < width; x++) {
      let [cost, aside] = [costs[x] ?? 0, 0];
      const left = (x > 0 ? (costs[x - 1] ?? 0) : Infinity) + ASIDE;
      const right = (x < width - 1 ? (costs[x + 1] ?? 0) : Infinity) + ASIDE;
      if (left < cost) [cost, aside] = [left, -1];
      if (right < cost) [cost, aside] = [right, 1];
      next[x] = cost + (cells[y * width + x] ?? 0);
      asides[y * width + x] = aside;
    }
    costs = next;
  }
  return { width, costs, asides };
}

function follow({ width, asides }: Ways, column: number, row: number, step: 1 | -1, columns: Int32Array): void {
  let x = column;
  for (let y = row; y >= 0 && y < columns.length; y += step) {
    columns[y] = x;
    x += asides[y * width + x] ?? 0;
  }
}
