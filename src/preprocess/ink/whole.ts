import { photoFromPicture } from '../photo.js';
import type { Picture } from '../picture.js';
import { SIZE } from './render/mnist.js';

/** Contrast below which there is no ink, as a share of all that there is from black to white. */
const FAINT = 0.05;

/**
 * Reads a whole picture as it is, cut to a square and made smaller, so that ink keeps its size and place; ink is bright
 * whichever is darker, it or the background, of which there is more.
 * @returns [28, 28], 0 to 1; undefined if there is no ink.
 */
export function wholeInk(picture: Picture): Float32Array | undefined {
  const grey = photoFromPicture(picture, SIZE, SIZE, 1);
  const sorted = grey.slice().sort();
  const [darkest = 0, median = 0, lightest = 0] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
  if (lightest - darkest < FAINT) return undefined;
  const isInkDark = median - darkest > lightest - median;
  return isInkDark ? grey.map((value) => Math.max(0, 1 - value)) : grey;
}
