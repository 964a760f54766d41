import { HandfulError } from '../../errors.js';
import type { Preprocessing } from '../../types.js';
import { checkPicture, checkStrokes, checkValues } from '../check-input.js';
import { SIZE } from '../ink/render/mnist.js';
import type { RawInput } from '../prepare.js';
import { readStrokes } from '../stroke-formats.js';
import { writingInPicture } from './from-picture.js';
import { writingInStrokes } from './from-strokes.js';
import type { Writing } from './pieces.js';

/**
 * What somebody has written on an input, of which characters can be cut. Undefined if there is no ink.
 * @throws {HandfulError} `bad-input` if it cannot be read; `bad-argument` where networks read no ink.
 */
export function writingIn(input: RawInput, { kind }: Preprocessing, shape: readonly number[]): Writing | undefined {
  if (kind !== 'ink')
    throw new HandfulError(
      'bad-argument',
      `Only networks that read ink read characters; this one's kind is '${kind}'.`,
    );
  if (input.kind === 'strokes') return writingInStrokes(checkStrokes(readStrokes(input.strokes)));
  if (input.kind === 'pixels') return writingInPicture(checkPicture(input));
  const bytes = checkValues(input.data, kind, shape).map((value) => 255 * value);
  const data = new Uint8ClampedArray(4 * bytes.length).map((_, i) => (i % 4 === 3 ? 255 : (bytes[i >> 2] ?? 0)));
  return writingInPicture({ data, width: SIZE, height: SIZE });
}
