import type { Point } from '../types.js';
import { badInput } from './check-input.js';

/** Points of one input; more than any drawing has, and drawn well within a second. */
const MOST_POINTS = 20_000;

/**
 * Strokes as pads in use give them, as lists of points: lists of [x, y, …] or of { x, y, … } (perfect-freehand and
 * others), { points } (signature_pad; Excalidraw, whose points are relative to the element's own x and y), and columns
 * { x: […], y: […] }. What is something else stays, to be refused by its index.
 * @throws {HandfulError} `bad-input` for what is no list, too many points, and columns that do not fit each other.
 */
export function readStrokes(strokes: unknown): readonly (readonly Point[])[] {
  if (!Array.isArray(strokes)) throw badInput(`strokes of type ${kindOf(strokes)}: expected an array of strokes`);
  let count = 0;
  return (strokes as unknown[]).map((stroke, s) => {
    count += lengthOf(stroke); // before any of them is copied
    if (count > MOST_POINTS) throw badInput(`more than ${MOST_POINTS} points: expected a drawing of fewer`);
    return pointsOf(stroke, s);
  });
}

function lengthOf(stroke: unknown): number {
  const { x, points = x } = Object(stroke) as Record<string, unknown>;
  const list = Array.isArray(stroke) ? stroke : points;
  return Array.isArray(list) ? list.length : 0;
}

function pointsOf(stroke: unknown, s: number): Point[] {
  if (Array.isArray(stroke)) return (stroke as unknown[]).map((point) => pointOf(point));
  const { x, y, points } = Object(stroke) as Record<string, unknown>;
  if (Array.isArray(points)) {
    const [left, top] = [x, y].map((value) => (typeof value === 'number' ? value : 0)) as [number, number];
    return (points as unknown[]).map((point) => moved(pointOf(point), left, top));
  }
  if (Array.isArray(x) && Array.isArray(y)) {
    if (x.length !== y.length) throw badInput(`${x.length} x and ${y.length} y in stroke ${s}: expected as many`);
    return (x as number[]).map((each, i) => [each, (y as number[])[i]] as Point);
  }
  throw badInput(`stroke ${s} as ${kindOf(stroke)}: expected an array of points, { points } or { x: […], y: […] }`);
}

/** [x, y] of an object that has them; anything else as it is. */
function pointOf(point: unknown): Point {
  if (typeof point !== 'object' || point === null || Array.isArray(point)) return point as Point;
  const { x, y } = point as { x?: unknown; y?: unknown };
  return [x, y] as Point;
}

function moved(point: Point, left: number, top: number): Point {
  if (!Array.isArray(point) || (left === 0 && top === 0)) return point;
  const [x, y] = point as [number, number];
  return [x + left, y + top];
}

/** What came instead; the page has put a name in the place of what is no data. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, 80);
  if (typeof value !== 'object' || value === null) return String(value);
  return `an object with ${Object.keys(value).slice(0, 8).join(', ') || 'nothing'}`;
}
