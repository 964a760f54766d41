// Digits as old scanners left them: black and white on few cells, often stretched to fill their box.

import { inkFromPicture } from '#internals';

/** @import { Coverage } from '../paper/ink.mjs' */

const BLACK_ON_WHITE = [255, 0];

/**
 * A scan as a network sees it: ink on few cells, found by the preprocessing of pictures.
 *
 * @param {Coverage} ink
 * @param {() => number} next uniform numbers in [0, 1)
 * @param {number} cells of the longer side
 * @returns {Float32Array | undefined} [28, 28]; nothing if too little is found
 */
export function scanned(ink, next, cells) {
  const box = boxOf(ink);
  if (!box) return undefined;
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const fills = next() < 0.7 ? 1 : next(); // how far its box is filled
  const side = Math.max(width, height);
  const across = Math.min(cells, Math.max(2, Math.round(cells * (width / side + (1 - width / side) * fills))));
  const down = Math.min(cells, Math.max(2, Math.round(cells * (height / side + (1 - height / side) * fills))));
  const margin = next() < 0.5 ? 0 : Math.floor(3 * next());
  const threshold = 0.25 + 0.35 * next();
  const size = cells + 2 * margin;
  const data = new Uint8ClampedArray(4 * size * size).fill(BLACK_ON_WHITE[0]);
  const [left, top] = [margin + Math.floor((cells - across) / 2), margin + Math.floor((cells - down) / 2)];
  for (let y = 0; y < down; y++)
    for (let x = 0; x < across; x++) {
      const covered = coverageOf(
        ink,
        box.left + (x * width) / across,
        box.top + (y * height) / down,
        width / across,
        height / down,
      );
      if (covered > threshold)
        data.fill(BLACK_ON_WHITE[1], 4 * ((top + y) * size + left + x), 4 * ((top + y) * size + left + x) + 3);
    }
  const seen = inkFromPicture({ data, width: size, height: size });
  return seen && seen.reduce((sum, value) => sum + value, 0) > LEAST_INK ? seen : undefined;
}

const SUBCELLS = 2;

/** @param {Coverage} ink @param {number} left @param {number} top @param {number} width @param {number} height */
function coverageOf(ink, left, top, width, height) {
  let sum = 0;
  for (let i = 0; i < SUBCELLS; i++)
    for (let j = 0; j < SUBCELLS; j++)
      sum += ink(left + ((i + 0.5) / SUBCELLS) * width, top + ((j + 0.5) / SUBCELLS) * height);
  return sum / SUBCELLS ** 2;
}

const LOOKS = 32;

/** Less, in pixels, is a fragment of a digit. */
const LEAST_INK = 35;

/** Where there is ink. @param {Coverage} ink */
function boxOf(ink) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const step = 1.1 / LOOKS;
  for (let i = 0; i < LOOKS; i++)
    for (let j = 0; j < LOOKS; j++) {
      const [x, y] = [-0.55 + (i + 0.5) * step, -0.55 + (j + 0.5) * step];
      if (ink(x, y) < 0.5) continue;
      [left, right] = [Math.min(left, x - step / 2), Math.max(right, x + step / 2)];
      [top, bottom] = [Math.min(top, y - step / 2), Math.max(bottom, y + step / 2)];
    }
  return right > left ? { left, top, right, bottom } : undefined;
}
