import { HandfulError } from '../../errors.js';
import type { AugmentOptions, Preprocessing } from '../../types.js';
import { scaling } from '../../preprocess/standardise.js';
import type { Augment } from './augment.js';
import { inkAugment } from './ink.js';
import { inkStrengths, photoStrengths } from './strengths.js';
import { photoAugment } from './photo.js';

/**
 * Makes what varies the examples of a network at random; it has buffers of its own, so one serves one loop at a time.
 * @param input Shape of an example: [height, width, 1] or [side · side] for ink, [height, width, channels] for photos.
 * @param preprocess How examples were standardised: a raw 0, black and ink's background, is what lies outside of them.
 * @throws {HandfulError} `bad-argument` for inputs that are neither ink nor photos, and for options that make no sense.
 */
export function createAugment(
  input: readonly number[],
  preprocess: Preprocessing,
  options: AugmentOptions = {},
): Augment {
  const { kind, invert, order } = preprocess;
  const { mean, std } = scaling(preprocess);
  if (kind === 'ink') {
    const [height = 1, width = height] = input.length === 1 ? input.map(Math.sqrt) : input;
    const [centre = 0] = mean;
    const [spread = 1] = std;
    const background = (0 - centre) / spread;
    if (invert) return negated(inkAugment(height, width, -background, inkStrengths(options)), height * width);
    return inkAugment(height, width, background, inkStrengths(options));
  }
  if (kind === 'photo') return photoAugment(input, mean, std, photoStrengths(options), order);
  throw new HandfulError(
    'bad-argument',
    `augment takes inputs whose preprocessing is 'ink' or 'photo'; got '${kind}', which only the caller can vary.`,
  );
}

/** Ink has to be above its background, so values below theirs go there and back. */
function negated(augment: Augment, length: number): Augment {
  const negative = new Float32Array(length);
  return (source, from, target, to, next) => {
    for (let i = 0; i < length; i++) negative[i] = -(source[from + i] ?? 0);
    augment(negative, 0, target, to, next);
    for (let i = to; i < to + length; i++) target[i] = -(target[i] ?? 0);
  };
}
