import { sizeOf } from '../common/shapes.js';
import { HandfulError } from '../errors.js';
import type { Point, Preprocessing } from '../types.js';
import { SIZE } from './ink/render/mnist.js';
import type { Picture } from './picture.js';

type Kind = Preprocessing['kind'];

/** Values given as already prepared may leave 0..1 by rounding. */
const TOLERANCE = 1e-3;

/** @throws {HandfulError} `bad-argument` if this kind of preprocessing cannot make such inputs. */
export function checkShape(kind: Kind, shape: readonly number[]): void {
  if (kind === 'none' || (kind === 'ink' ? isInk(shape) : isPhoto(shape))) return;
  const expected = kind === 'ink' ? '[28, 28, 1] or [784]' : '[H, W, 1] or [H, W, 3]';
  throw new HandfulError(
    'bad-argument',
    `Preprocessing '${kind}' needs input ${expected}, the network has ${show(shape)}.`,
  );
}

const isInk = (shape: readonly number[]) => [`${SIZE},${SIZE},1`, `${SIZE * SIZE}`].includes(shape.join());

function isPhoto([height = 0, width = 0, channels = 0, ...rest]: readonly number[]): boolean {
  return rest.length === 0 && [height, width].every(isCount) && [1, 3].includes(channels);
}

const isCount = (n: number) => Number.isInteger(n) && n > 0;

/** @returns A copy; of pictures, within 0 to 1. */
export function checkValues(data: Float32Array, kind: Kind, shape: readonly number[]): Float32Array {
  const expected = sizeOf(shape);
  if (!(data instanceof Float32Array)) throw badInput(`values of type ${typeof data}: expected a Float32Array`);
  if (data.length !== expected) throw badInput(`${data.length} values: expected ${expected} for input ${show(shape)}`);
  const [low, high] = kind === 'none' ? [-Infinity, Infinity] : [-TOLERANCE, 1 + TOLERANCE];
  const wrong = data.findIndex((value) => !(Number.isFinite(value) && value >= low && value <= high));
  if (wrong >= 0) {
    throw badInput(`value ${data[wrong]} at index ${wrong}: expected ${kind === 'none' ? 'finite numbers' : '0 to 1'}`);
  }
  return kind === 'none' ? data.slice() : data.map((value) => Math.min(1, Math.max(0, value)));
}

export function checkPicture(picture: Picture): Picture {
  const { data, width, height } = picture;
  if (![width, height].every(isCount)) {
    throw badInput(`a picture of ${width} x ${height} pixels: expected whole numbers above 0`);
  }
  if (!(data instanceof Uint8ClampedArray || data instanceof Uint8Array)) {
    throw badInput(`pixels of type ${typeof data}: expected a Uint8ClampedArray or Uint8Array of RGBA bytes`);
  }
  if (data.length !== width * height * 4) {
    throw badInput(`${data.length} bytes for ${width} x ${height} pixels: expected ${width * height * 4}, RGBA`);
  }
  return picture;
}

export function checkStrokes(strokes: readonly (readonly Point[])[]): readonly (readonly Point[])[] {
  if (!Array.isArray(strokes))
    throw badInput(`strokes of type ${typeof strokes}: expected an array of arrays of points`);
  for (const [s, stroke] of (strokes as unknown[]).entries()) {
    if (!Array.isArray(stroke)) throw badInput(`stroke ${s} of type ${typeof stroke}: expected an array of points`);
    for (const [p, point] of (stroke as unknown[]).entries()) {
      if (Array.isArray(point) && isCoordinate(point[0]) && isCoordinate(point[1])) continue;
      throw badInput(`${show(point)} as point ${p} of stroke ${s}: expected [x, y], two finite numbers`);
    }
  }
  return strokes;
}

/** Finite, and small enough for differences to be finite too. */
const isCoordinate = (value: unknown) => typeof value === 'number' && Math.abs(value) < 1e300;

export const badInput = (what: string) => new HandfulError('bad-input', `Got ${what}.`);
export const show = (value: unknown) => (Array.isArray(value) ? `[${value.join(', ')}]` : String(value));
