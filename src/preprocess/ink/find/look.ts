import type { Region } from '../../picture.js';
import type { Box } from '../image/box.js';
import type { Ink } from './segment.js';

/** The whole picture is first seen on at most so many cells a side. */
export const OVERVIEW = 160;

/** Ink is then seen on about so many cells along its longer side. */
export const DETAIL = 96;

/** Around ink with a margin of so many of its cells: a region in pixels, within limits. */
export function regionAround({ box, x, y, cell }: Ink, limits: Region, margin: number): Region {
  const left = Math.max(limits.x, Math.floor(x + (box.left - margin) * cell));
  const top = Math.max(limits.y, Math.floor(y + (box.top - margin) * cell));
  const right = Math.min(limits.x + limits.width, Math.ceil(x + (box.right + margin) * cell));
  const bottom = Math.min(limits.y + limits.height, Math.ceil(y + (box.bottom + margin) * cell));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** A box on the ink's cells, in pixels. */
export function inPixels({ left, top, right, bottom }: Box, { x, y, cell }: Ink): Box {
  return { left: x + left * cell, top: y + top * cell, right: x + right * cell, bottom: y + bottom * cell };
}
