/** The smallest box around something. Around cells of a grid, `right` and `bottom` are the first ones outside. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A box around nothing, inside out, that can grow around anything. */
export const emptyBox = (): Box => ({ left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity });

export function growBox(box: Box, left: number, top: number, right: number, bottom: number): void {
  box.left = Math.min(box.left, left);
  box.top = Math.min(box.top, top);
  box.right = Math.max(box.right, right);
  box.bottom = Math.max(box.bottom, bottom);
}

/** Around some boxes; points are boxes of no size. */
export function around(boxes: readonly Box[]): Box {
  const all = emptyBox();
  for (const { left, top, right, bottom } of boxes) growBox(all, left, top, right, bottom);
  return all;
}

export const longerSide = ({ left, top, right, bottom }: Box): number => Math.max(right - left, bottom - top);

/** Around cells of a grid, by their numbers. @param width Of the grid. */
export function boxOfCells(cells: readonly number[], width: number): Box {
  const box = emptyBox();
  for (const cell of cells) {
    const x = cell % width;
    const y = (cell - x) / width;
    growBox(box, x, y, x + 1, y + 1);
  }
  return box;
}
