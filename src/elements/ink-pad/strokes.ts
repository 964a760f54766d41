import { HandfulError } from '../../errors.js';
import type { InkPoint, InkStroke } from './sketch.js';

/** Strokes as handful reads them, in the order they were drawn. */
export interface Ink {
  strokes: InkStroke[];
}

/** What a pad takes: lists of [x, y] or [x, y, pressure], in any unit; `{ strokes }` as JSON; or nothing. */
export type InkSource = { readonly strokes: readonly (readonly (readonly number[])[])[] } | string | null | undefined;

/**
 * A copy of strokes.
 * @throws {HandfulError} `bad-input` for what are none.
 */
export function copyInk(source: InkSource): InkStroke[] {
  if (!source) return [];
  try {
    const { strokes } = (typeof source === 'string' ? JSON.parse(source) : source) as Ink;
    return Array.from(strokes, (points) => Array.from(points, copyPoint)).filter(({ length }) => length);
  } catch (cause) {
    const got = typeof source === 'string' ? source : cause;
    throw new HandfulError('bad-input', `Expected { strokes }, lists of points [x, y]; got ${got}`.slice(0, 200), {
      cause,
    });
  }
}

function copyPoint([x, y, pressure]: InkPoint): InkPoint {
  if (!Number.isFinite(x) || !Number.isFinite(y)) throw new RangeError(`[${x}, ${y}]`);
  return pressure !== undefined && Number.isFinite(pressure) ? [x, y, pressure] : [x, y];
}
