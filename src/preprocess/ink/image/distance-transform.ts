import type { Mask } from './grid.js';

/**
 * Distance of every cell's middle to the nearest middle of a cell that is `target`, in cells; what is farther than
 * `limit` comes out as something larger than it. Exact, in linear time: Felzenszwalb and Huttenlocher, Distance
 * Transforms of Sampled Functions, 2012.
 */
export function distanceTo(target: 0 | 1, mask: Mask, limit = mask.width + mask.height): Float32Array {
  const far = Math.floor(limit) + 1;
  const distances = alongColumns(target, mask, far);
  const envelope = emptyEnvelope(mask.width);
  for (let start = 0; start < distances.length; start += mask.width)
    alongRow(distances.subarray(start, start + mask.width), far, envelope);
  return distances;
}

/** Distances to the nearest target above or below, at most `far`. */
function alongColumns(target: 0 | 1, { width, cells }: Mask, far: number): Float32Array {
  const distances = new Float32Array(cells.length).fill(far);
  for (let i = 0; i < cells.length; i++) {
    if (cells[i] === target) distances[i] = 0;
    else if (i >= width) distances[i] = Math.min(far, (distances[i - width] ?? far) + 1);
  }
  for (let i = distances.length - width - 1; i >= 0; i--)
    distances[i] = Math.min(distances[i] ?? far, (distances[i + width] ?? far) + 1);
  return distances;
}

/**
 * The lower envelope of parabolas, left to right: (x - middle)² + square is the squared distance from x to a target above
 * or below the cell `middle`, and the nearest one from `from` on.
 */
interface Envelope {
  middles: Int32Array;
  squares: Int32Array;
  from: Float64Array;
}

function emptyEnvelope(width: number): Envelope {
  return { middles: new Int32Array(width), squares: new Int32Array(width), from: new Float64Array(width) };
}

/** Turns distances along columns into distances in all directions, in place. */
function alongRow(row: Float32Array, far: number, envelope: Envelope): void {
  for (let start = 0; start < row.length; start++) {
    if (row[start] === 0) continue;
    let end = start;
    while (end < row.length && row[end] !== 0) end++;
    // Nothing beyond the targets on both sides matters.
    alongStretch(row, Math.max(0, start - 1), Math.min(row.length, end + 1), far, envelope);
    start = end;
  }
}

function alongStretch(row: Float32Array, start: number, end: number, far: number, envelope: Envelope): void {
  const { middles, squares, from } = envelope;
  let count = 0;
  for (let x = start; x < end; x++) {
    const distance = row[x] ?? far;
    if (distance >= far) continue;
    const square = distance * distance;
    let begin = -Infinity;
    for (; count > 0; count--) {
      const middle = middles[count - 1] ?? 0;
      begin = (square + x * x - (squares[count - 1] ?? 0) - middle * middle) / (2 * (x - middle));
      if (begin > (from[count - 1] ?? 0)) break;
      begin = -Infinity; // the last one is nowhere the lowest
    }
    middles[count] = x;
    squares[count] = square;
    from[count++] = begin;
  }
  for (let n = 0, x = start; n < count; n++) {
    const middle = middles[n] ?? 0;
    const square = squares[n] ?? 0;
    const until = n + 1 < count ? (from[n + 1] ?? 0) : end;
    for (; x < end && x <= until; x++) row[x] = Math.sqrt((x - middle) * (x - middle) + square);
  }
}
