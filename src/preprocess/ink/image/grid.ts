import type { Box } from './box.js';

/** Numbers on a grid of cells: [height, width]. */
export interface Grid<Cells extends Float32Array | Uint8Array = Float32Array> {
  width: number;
  height: number;
  cells: Cells;
}

/** A grid of yes (1, ink) and no (0). */
export type Mask = Grid<Uint8Array>;

export function emptyMask(width: number, height: number): Mask {
  return { width, height, cells: new Uint8Array(width * height) };
}

/** The cells of a grid for which something holds. */
export function maskWhere({ width, height }: Grid<Float32Array | Uint8Array>, holds: (cell: number) => boolean): Mask {
  const mask = emptyMask(width, height);
  for (let cell = 0; cell < mask.cells.length; cell++) if (holds(cell)) mask.cells[cell] = 1;
  return mask;
}

/** The box around all cells that are not 0, or undefined if there are none. */
export function boundingBox({ width, height, cells }: Grid<Float32Array | Uint8Array>): Box | undefined {
  let left = width;
  let top = height;
  let right = 0;
  let bottom = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (cells[i] === 0) continue;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      bottom = y + 1;
    }
  }
  return right > 0 ? { left, top, right, bottom } : undefined;
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

/** From the upper left corner, in cells, of which each weighs as much as its value. */
export function centreOfMass({ width, height, cells }: Grid): [x: number, y: number] {
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const value = cells[i] ?? 0;
      if (value === 0) continue;
      mass += value;
      massX += value * (x + 0.5);
      massY += value * (y + 0.5);
    }
  }
  return [massX / mass, massY / mass];
}

/** Turned over its diagonal. */
export function transpose<Cells extends Float32Array | Uint8Array>({ width, height, cells }: Grid<Cells>): Grid<Cells> {
  const out = cells.slice() as Cells;
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i++) out[x * height + y] = cells[i] ?? 0;
  return { width: height, height: width, cells: out };
}
