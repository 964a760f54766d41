import type { Point, Preprocessing } from '../types.js';
import { badInput, checkPicture, checkShape, checkStrokes, checkValues, show } from './check-input.js';
import { inkFromPicture } from './ink/from-picture.js';
import { inkFromStrokes } from './ink/from-strokes.js';
import { wholeInk } from './ink/whole.js';
import { SIZE } from './ink/render/mnist.js';
import { photoFromPicture } from './photo.js';
import { readStrokes } from './stroke-formats.js';
import type { Picture } from './picture.js';

/** An input after everything that needs a page has been done to it. */
export type RawInput =
  | ({ kind: 'pixels' } & Picture)
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

/**
 * Turns an input into values of a network's input shape.
 *
 * @throws {HandfulError} `bad-input` if it cannot be read; `bad-argument` if the preprocessing does not fit the shape.
 */
export function prepare(input: RawInput, preprocess: Preprocessing, inputShape: readonly number[]): Prepared {
  const prepared = prepareInOrder(input, preprocess, inputShape);
  if (preprocess.order === 'bgr') swapRedAndBlue(prepared.values);
  return prepared;
}

/** In the order of a picture's own channels. */
function prepareInOrder(input: RawInput, { kind, fit = true }: Preprocessing, inputShape: readonly number[]): Prepared {
  checkShape(kind, inputShape);
  switch (input?.kind) {
    case 'values': {
      const values = checkValues(input.data, kind, inputShape);
      return { values, blank: kind === 'ink' && values.every((value) => value === 0) };
    }
    case 'strokes':
      if (kind !== 'ink') throw badInput(`strokes: expected ${EXPECTED[kind]} of shape ${show(inputShape)}`);
      return inkOrBlank(inkFromStrokes(checkStrokes(readStrokes(input.strokes))));
    case 'pixels': {
      if (kind === 'none') throw badInput(`a picture: expected ${EXPECTED[kind]} of shape ${show(inputShape)}`);
      const picture = checkPicture(input);
      if (kind === 'ink') return inkOrBlank(fit ? inkFromPicture(picture) : wholeInk(picture));
      const [height = 1, width = 1, channels = 1] = inputShape;
      return { values: photoFromPicture(picture, height, width, channels), blank: false };
    }
    default:
      throw badInput(
        `an input of kind ${show((input as { kind?: unknown } | null)?.kind)}: expected ${EXPECTED[kind]}`,
      );
  }
}

const inkOrBlank = (image: Float32Array | undefined): Prepared =>
  image ? { values: image, blank: false } : { values: new Float32Array(SIZE * SIZE), blank: true };

function swapRedAndBlue(values: Float32Array): void {
  for (let i = 0; i + 2 < values.length; i += 3) [values[i], values[i + 2]] = [values[i + 2] ?? 0, values[i] ?? 0];
}
