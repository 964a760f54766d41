import type { Plane } from '../image/plane.js';

// Lines of cells along the sides of a plane.

export const SIDES = ['left', 'top', 'right', 'bottom'] as const;
export type Side = (typeof SIDES)[number];

export type Sides<T> = Record<Side, T>;

export const eachSide = <T>(of: (side: Side) => T): Sides<T> => ({
  left: of('left'),
  top: of('top'),
  right: of('right'),
  bottom: of('bottom'),
});

/** Whether a side goes from top to bottom. */
export const isUpright = (side: Side): side is 'left' | 'right' => side === 'left' || side === 'right';

/** The cells of a line `depth` cells from a side, every `step`th, without so many at its beginning and end. */
export function line(plane: Plane, side: Side, depth: number, before: number, after: number, step = 1): number[] {
  const length = isUpright(side) ? plane.height : plane.width;
  const cells: number[] = [];
  for (let n = before; n < length - after; n += step)
    cells.push(isUpright(side) ? cellFrom(plane, side, depth, 'top', n) : cellFrom(plane, 'left', n, side, depth));
  return cells;
}

/** The cell that is so many away from an upright side and from a level one. */
export function cellFrom(
  { width, height }: Plane,
  upright: 'left' | 'right',
  across: number,
  level: 'top' | 'bottom',
  down: number,
): number {
  const x = upright === 'left' ? across : width - 1 - across;
  const y = level === 'top' ? down : height - 1 - down;
  return y * width + x;
}

/** Enough cells for a median, without those nearer than `margin` to the edge. */
export function middleCells(plane: Plane, margin: number): number[] {
  const step = Math.max(1, Math.floor(Math.min(plane.width, plane.height) / 24));
  const cells: number[] = [];
  for (let y = margin; y < plane.height - margin; y += step) cells.push(...line(plane, 'top', y, margin, margin, step));
  return cells;
}
