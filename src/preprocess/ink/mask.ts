import type { Box } from './box.js';

/** A picture of yes and no. */
export interface Mask {
  width: number;
  height: number;
  cells: Uint8Array; // [height, width], 1 is ink
}

/** The box around all ink, or undefined if there is none. */
export function boundingBox({ width, height, cells }: Mask): Box | undefined {
  const box = { left: width, top: height, right: 0, bottom: 0 };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (cells[i] === 0) continue;
      if (x < box.left) box.left = x;
      if (x >= box.right) box.right = x + 1;
      if (y < box.top) box.top = y;
      box.bottom = y + 1;
    }
  }
  return box.right > 0 ? box : undefined;
}

/** Cuts a box out of a mask and puts an empty margin around it. */
export function crop({ width, cells }: Mask, box: Box, margin: number): Mask {
  const out = emptyMask(box.right - box.left + 2 * margin, box.bottom - box.top + 2 * margin);
  for (let y = box.top; y < box.bottom; y++) {
    const from = cells.subarray(y * width + box.left, y * width + box.right);
    out.cells.set(from, (y - box.top + margin) * out.width + margin);
  }
  return out;
}

export function emptyMask(width: number, height: number): Mask {
  return { width, height, cells: new Uint8Array(width * height) };
}

/** The cells of every part that hangs together, diagonal neighbours included. */
export function components({ width, height, cells }: Mask): Int32Array[] {
  const labels = new Int32Array(cells.length); // of a cell, and by `parents` of the part it belongs to; 0 is none
  const parents = [0];
  const rootOf = (label: number): number => {
    while (parents[label] !== label) label = parents[label] = parents[parents[label]];
    return label;
  };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (cells[i] === 0) continue;
      const above = y > 0 ? labels[i - width] : 0;
      let label = (x > 0 && labels[i - 1]) || above || (x > 0 && y > 0 && labels[i - width - 1]);
      // A neighbour on the upper right may belong to another part so far; the others touch each other.
      const corner = y > 0 && x < width - 1 && above === 0 && labels[i - width + 1];
      if (label && corner) {
        const [a, b] = [rootOf(label), rootOf(corner)];
        parents[Math.max(a, b)] = Math.min(a, b);
      }
      label ||= corner;
      if (!label) parents.push((label = parents.length));
      labels[i] = label;
    }
  }
  const sizes = new Int32Array(parents.length);
  for (let i = 0; i < cells.length; i++) if (labels[i] > 0) sizes[(labels[i] = rootOf(labels[i]))]++;
  const parts = Array.from(sizes, (size) => new Int32Array(size));
  for (let i = cells.length - 1; i >= 0; i--) if (labels[i] > 0) parts[labels[i]][--sizes[labels[i]]] = i;
  return parts.filter((part) => part.length > 0);
}

/**
 * Distance of every cell's middle to the nearest middle of a cell that is `target`, in cells; what is farther than
 * `limit` comes out as something larger than it. Exact, in linear time: Felzenszwalb and Huttenlocher, Distance
 * Transforms of Sampled Functions, 2012.
 */
export function distanceTo(target: 0 | 1, { width, height, cells }: Mask, limit = width + height): Float32Array {
  const far = Math.floor(limit) + 1;
  const distances = new Float32Array(cells.length); // at first along columns, to a target above
  for (let i = 0; i < width; i++) distances[i] = cells[i] === target ? 0 : far;
  for (let i = width; i < cells.length; i++) {
    distances[i] = cells[i] === target ? 0 : Math.min(far, distances[i - width] + 1);
  }
  const below = new Int32Array(width).fill(far); // along columns, to a target above or below
  const squares = new Int32Array(width);
  const parabola = new Int32Array(width); // those of the lower envelope, left to right
  const from = new Float64Array(width + 1); // where each begins to be the lowest
  for (let y = height - 1; y >= 0; y--) {
    const row = y * width;
    let count = 0;
    let done = 0; // cells of the row
    for (let q = 0; q < width; q++) {
      const d = Math.min(distances[row + q], below[q] + 1);
      below[q] = d;
      squares[q] = d * d;
      if (d < far && (d > 0 || done < q)) {
        let begin = -Infinity;
        for (; count > 0; count--) {
          const p = parabola[count - 1];
          begin = (squares[q] + q * q - squares[p] - p * p) / (2 * (q - p));
          if (begin > from[count - 1]) break;
          begin = -Infinity;
        }
        parabola[count] = q;
        from[count++] = begin;
      }
      if (d > 0 && q < width - 1) continue;
      // Nothing beyond a target matters before it, nor the reverse.
      if (d > 0 || done < q) {
        from[count] = Infinity;
        for (let x = done, k = 0; count > 0 && x <= q; x++) {
          while (from[k + 1] < x) k++;
          const p = parabola[k];
          distances[row + x] = Math.sqrt((x - p) * (x - p) + squares[p]);
        }
      }
      done = q + 1;
      if (d === 0) {
        count = 1;
        parabola[0] = q;
        from[0] = -Infinity;
      }
    }
  }
  return distances;
}
