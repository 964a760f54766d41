/** A picture of yes and no. */
export interface Mask {
  width: number;
  height: number;
  cells: Uint8Array; // [height, width], 1 is ink
}

/** The smallest box around something, in cells; `right` and `bottom` are the first ones outside. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
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
  const seen = new Uint8Array(cells.length);
  const queue = new Int32Array(cells.length);
  const parts: Int32Array[] = [];
  for (let start = 0; start < cells.length; start++) {
    if (cells[start] === 0 || seen[start] === 1) continue;
    let end = 0;
    queue[end++] = start;
    seen[start] = 1;
    for (let next = 0; next < end; next++) {
      const x = queue[next] % width;
      const y = (queue[next] - x) / width;
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const i = v * width + u;
          if (cells[i] === 0 || seen[i] === 1) continue;
          seen[i] = 1;
          queue[end++] = i;
        }
      }
    }
    parts.push(queue.slice(0, end));
  }
  return parts;
}

/**
 * Distance of every cell's middle to the nearest middle of a cell that is `target`, in cells; a very large number if
 * there is none. Exact, in linear time: Felzenszwalb and Huttenlocher, Distance Transforms of Sampled Functions, 2012.
 */
export function distanceTo(target: 0 | 1, { width, height, cells }: Mask): Float32Array {
  const squares = new Float32Array(cells.length);
  const far = width + height;
  for (let x = 0; x < width; x++) {
    let d = far;
    for (let y = 0, i = x; y < height; y++, i += width) {
      d = cells[i] === target ? 0 : d + 1;
      squares[i] = d;
    }
    d = far;
    for (let y = height - 1, i = (height - 1) * width + x; y >= 0; y--, i -= width) {
      d = cells[i] === target ? 0 : d + 1;
      if (d < squares[i]) squares[i] = d;
      squares[i] *= squares[i];
    }
  }
  const parabola = new Int32Array(width); // those of the lower envelope, left to right
  const from = new Float64Array(width + 1); // where each begins to be the lowest
  const row = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    row.set(squares.subarray(y * width, (y + 1) * width));
    let last = 0;
    parabola[0] = 0;
    from[0] = -Infinity;
    for (let q = 1; q < width; q++) {
      let crossing: number;
      for (;;) {
        const p = parabola[last];
        crossing = (row[q] + q * q - row[p] - p * p) / (2 * (q - p));
        if (crossing > from[last]) break;
        last--;
      }
      parabola[++last] = q;
      from[last] = crossing;
    }
    from[last + 1] = Infinity;
    for (let x = 0, k = 0; x < width; x++) {
      while (from[k + 1] < x) k++;
      squares[y * width + x] = Math.sqrt((x - parabola[k]) ** 2 + row[parabola[k]]);
    }
  }
  return squares;
}
