import { HandfulError } from '../../errors.js';
import { quote } from '../../common/messages.js';
import type { AugmentOptions, InkStrengths, PhotoStrengths } from '../../types.js';

/** Bounds of every strength: beyond them nothing is left of what a picture shows. */
const MOST: Record<keyof (InkStrengths & PhotoStrengths), number> = {
  rotation: 180,
  scale: 1,
  aspect: 1,
  shear: 1,
  shift: 14,
  elastic: 4,
  thickness: 1,
  crop: 16,
  flip: 1,
  brightness: 1,
  contrast: 1,
  saturation: 1,
  cutout: 32,
};

/** Of the factor on all of them. */
const MOST_STRENGTH = 2;

/** Chosen so that every variant is still plainly its digit, and on held-back training images of MNIST. */
const INK: InkStrengths = {
  rotation: 12,
  scale: 0.12,
  aspect: 0.12,
  shear: 0.2,
  shift: 1,
  elastic: 1.2,
  thickness: 0.5,
};

/** What torchvision users write for CIFAR-10: `RandomCrop(32, padding=4)` and `RandomHorizontalFlip()`. */
const PHOTO: PhotoStrengths = { crop: 4, flip: 0.5, brightness: 0, contrast: 0, saturation: 0, cutout: 0 };

export const inkStrengths = (options: AugmentOptions): InkStrengths => strengths(INK, options);
export const photoStrengths = (options: AugmentOptions): PhotoStrengths => strengths(PHOTO, options);

/** What the options for a kind of input may be at most; none may be less than 0. */
export function bounds(kind: 'ink' | 'photo'): Record<string, number> {
  const names = Object.keys(kind === 'ink' ? INK : PHOTO) as (keyof typeof MOST)[];
  return { strength: MOST_STRENGTH, ...Object.fromEntries(names.map((name) => [name, MOST[name]])) };
}

/**
 * The defaults with what was given, checked.
 * @throws {HandfulError} `bad-argument` naming the option, what came and what was expected.
 */
function strengths<T extends { [name in keyof T]: number }>(defaults: T, options: AugmentOptions): T {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new HandfulError('bad-argument', `augment takes true, false or an object; got ${quote(options)}.`);
  const { strength = 1, ...given } = options;
  checkNumber('strength', strength, MOST_STRENGTH);
  const result = { ...defaults };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) {
      const known = ['strength', ...Object.keys(defaults)].join(', ');
      throw new HandfulError(
        'bad-argument',
        `There is no option augment.${name} for such inputs; there are: ${known}.`,
      );
    }
    if (value === undefined) continue;
    checkNumber(name, value, MOST[name as keyof typeof MOST]);
    result[name as keyof T] = value as T[keyof T];
  }
  for (const name in result) {
    const most = MOST[name as keyof typeof MOST];
    result[name] = Math.min(most, result[name] * strength) as T[typeof name];
  }
  return result;
}

function checkNumber(name: string, value: unknown, most: number): void {
  if (!(typeof value === 'number' && value >= 0 && value <= most))
    throw new HandfulError(
      'bad-argument',
      `The option augment.${name} takes a number from 0 to ${most}; got ${quote(value)}.`,
    );
}
