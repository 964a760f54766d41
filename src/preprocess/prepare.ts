import { sizeOf } from '../common/shapes.js';
import { HandfulError } from '../errors.js';
import type { Point, Preprocessing } from '../types.js';
import { inkFromPicture } from './ink/ink.js';
import { SIZE } from './ink/mnist.js';
import { photoFromPicture } from './photo.js';
import type { Picture } from './sample.js';
import { inkFromStrokes } from './ink/strokes.js';

/** An input after everything that needs a page has been done to it. */
export type RawInput =
  | { kind: 'pixels'; data: Uint8ClampedArray | Uint8Array; width: number; height: number }
  | { kind: 'strokes'; strokes: readonly (readonly Point[])[] }
  | { kind: 'values'; data: Float32Array };

/** What a network sees, before standardisation. */
export interface Prepared {
  /** 0 to 1 (any finite numbers for `none`), row by row, channels last: [H, W, C]. */
  values: Float32Array;
  /** Nothing was drawn; the values are all 0. */
  blank: boolean;
}

/** What a network of each kind can be given. */
const EXPECTED = { ink: 'a picture, strokes or values', photo: 'a picture or values', none: 'values' } as const;

/** Values given as already prepared may leave 0..1 by rounding. */
const TOLERANCE = 1e-3;

/**
 * Turns an input into values of a network's input shape.
 *
 * @throws {HandfulError} `bad-input` if it cannot be read; `bad-argument` if the preprocessing does not fit the shape.
 */
export function prepare(input: RawInput, preprocess: Preprocessing, inputShape: readonly number[]): Prepared {
  const { kind } = preprocess;
  checkShape(kind, inputShape);
  switch (input?.kind) {
    case 'values': {
      const values = checkValues(input.data, kind, inputShape);
      return { values, blank: kind === 'ink' && values.every((value) => value === 0) };
    }
    case 'strokes':
      if (kind !== 'ink') throw bad(`strokes: expected ${EXPECTED[kind]} of shape ${show(inputShape)}`);
      return prepared(inkFromStrokes(checkStrokes(input.strokes)));
    case 'pixels': {
      if (kind === 'none') throw bad(`a picture: expected ${EXPECTED[kind]} of shape ${show(inputShape)}`);
      const picture = checkPicture(input);
      if (kind === 'ink') return prepared(inkFromPicture(picture));
      const [height, width, channels] = inputShape;
      return { values: photoFromPicture(picture, height, width, channels), blank: false };
    }
    default:
      throw bad(`an input of kind ${show((input as { kind?: unknown } | null)?.kind)}: expected ${EXPECTED[kind]}`);
  }
}

/**
 * (value - mean) / std per channel, channels last, into `out` from `offset` on (default: a new array).
 *
 * @throws {HandfulError} `bad-argument` if the channels do not divide the values or a std is not positive.
 */
export function standardise(
  values: Float32Array,
  { mean, std }: Preprocessing,
  out = new Float32Array(values.length),
  offset = 0,
): Float32Array {
  const channels = mean.length;
  if (channels === 0 || std.length !== channels || values.length % channels !== 0) {
    throw new HandfulError(
      'bad-argument',
      `Got ${channels} means and ${std.length} stds for ${values.length} values: expected one of each per channel.`,
    );
  }
  if (!mean.every(Number.isFinite) || !std.every((s) => Number.isFinite(s) && s > 0)) {
    throw new HandfulError(
      'bad-argument',
      `Got mean ${show(mean)} and std ${show(std)}: expected finite, std above 0.`,
    );
  }
  for (let i = 0; i < values.length; i++) out[offset + i] = (values[i] - mean[i % channels]) / std[i % channels];
  return out;
}

const prepared = (image: Float32Array | undefined): Prepared =>
  image ? { values: image, blank: false } : { values: new Float32Array(SIZE * SIZE), blank: true };

function checkShape(kind: Preprocessing['kind'], shape: readonly number[]): void {
  const [height, width, channels] = shape;
  const fits =
    kind === 'ink'
      ? shape.join() === `${SIZE},${SIZE},1` || shape.join() === `${SIZE * SIZE}`
      : kind === 'photo'
        ? shape.length === 3 && [height, width].every((n) => Number.isInteger(n) && n > 0) && [1, 3].includes(channels)
        : true;
  if (fits) return;
  const expected = kind === 'ink' ? '[28, 28, 1] or [784]' : '[H, W, 1] or [H, W, 3]';
  throw new HandfulError(
    'bad-argument',
    `Preprocessing '${kind}' needs input ${expected}, the network has ${show(shape)}.`,
  );
}

function checkValues(data: Float32Array, kind: Preprocessing['kind'], shape: readonly number[]): Float32Array {
  const expected = sizeOf(shape);
  if (!(data instanceof Float32Array)) throw bad(`values of type ${typeof data}: expected a Float32Array`);
  if (data.length !== expected) throw bad(`${data.length} values: expected ${expected} for input ${show(shape)}`);
  const [low, high] = kind === 'none' ? [-Infinity, Infinity] : [-TOLERANCE, 1 + TOLERANCE];
  const wrong = data.findIndex((value) => !(Number.isFinite(value) && value >= low && value <= high));
  if (wrong >= 0) {
    throw bad(`value ${data[wrong]} at index ${wrong}: expected ${kind === 'none' ? 'finite numbers' : '0 to 1'}`);
  }
  return kind === 'none' ? data.slice() : data.map((value) => Math.min(1, Math.max(0, value)));
}

function checkPicture(picture: Picture): Picture {
  const { data, width, height } = picture;
  if (![width, height].every((n) => Number.isInteger(n) && n > 0)) {
    throw bad(`a picture of ${width} x ${height} pixels: expected whole numbers above 0`);
  }
  if (!(data instanceof Uint8ClampedArray || data instanceof Uint8Array)) {
    throw bad(`pixels of type ${typeof data}: expected a Uint8ClampedArray or Uint8Array of RGBA bytes`);
  }
  if (data.length !== width * height * 4) {
    throw bad(`${data.length} bytes for ${width} x ${height} pixels: expected ${width * height * 4}, RGBA`);
  }
  return picture;
}

function checkStrokes(strokes: readonly (readonly Point[])[]): readonly (readonly Point[])[] {
  if (!Array.isArray(strokes)) throw bad(`strokes of type ${typeof strokes}: expected an array of arrays of points`);
  for (const [s, stroke] of (strokes as unknown[]).entries()) {
    if (!Array.isArray(stroke)) throw bad(`stroke ${s} of type ${typeof stroke}: expected an array of points`);
    for (const [p, point] of (stroke as unknown[]).entries()) {
      if (Array.isArray(point) && isCoordinate(point[0]) && isCoordinate(point[1])) continue;
      throw bad(`${show(point)} as point ${p} of stroke ${s}: expected [x, y], two finite numbers`);
    }
  }
  return strokes;
}

/** Finite, and small enough for differences to be finite too. */
const isCoordinate = (value: unknown) => typeof value === 'number' && Math.abs(value) < 1e300;

const bad = (what: string) => new HandfulError('bad-input', `Got ${what}.`);
const show = (value: unknown) => (Array.isArray(value) ? `[${value.join(', ')}]` : String(value));
