// Ink of a character, or of a whole number, as coverage of any point of a sheet.

import { paintNumber } from '../numbers.mjs';

const SIZE = 28;

/**
 * How much of a point is covered with ink, 0 to 1, in a box one high, from -0.5 to 0.5, around the ink's middle.
 *
 * @typedef {(x: number, y: number) => number} Coverage
 */

/**
 * An MNIST image as a pen's ink: interpolated, and its edge as sharp as a pen's.
 *
 * @param {Uint8Array} image [28, 28]
 * @returns {Coverage}
 */
export function inkOfImage(image) {
  let [left, top, right, bottom] = [SIZE, SIZE, 0, 0];
  for (const [i, value] of image.entries()) {
    if (value < 64) continue;
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x + 1), Math.max(bottom, y + 1)];
  }
  const scale = Math.max(bottom - top, right - left);
  const at = (/** @type {number} */ x, /** @type {number} */ y) =>
    x < 0 || y < 0 || x >= SIZE || y >= SIZE ? 0 : image[y * SIZE + x] / 255;
  return (x, y) => {
    if (Math.abs(x) > 0.6 || Math.abs(y) > 0.6) return 0;
    const [u, v] = [x * scale + (left + right - 1) / 2, y * scale + (top + bottom - 1) / 2];
    const [column, row] = [Math.floor(u), Math.floor(v)];
    const [across, down] = [u - column, v - row];
    const upper = at(column, row) * (1 - across) + at(column + 1, row) * across;
    const lower = at(column, row + 1) * (1 - across) + at(column + 1, row + 1) * across;
    return Math.min(1, Math.max(0, (upper * (1 - down) + lower * down - 0.5) * 4 + 0.5));
  };
}

/**
 * Strokes as a round pen draws them, `pen` wide against their height.
 *
 * @param {number[][][]} strokes @param {number} pen
 * @returns {Coverage}
 */
export function inkOfStrokes(strokes, pen) {
  const points = strokes.flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const scale = Math.max(width, height, 1e-9) / (1 - pen);
  const place = (/** @type {number[]} */ [x, y]) => [(x - left - width / 2) / scale, (y - top - height / 2) / scale];
  const segments = strokes.flatMap((stroke) => {
    const placed = stroke.map(place);
    return placed.map((to, i) => ({ from: placed[Math.max(0, i - 1)], to }));
  });
  const edge = 0.004; // of the height, over which the ink fades
  return (x, y) => {
    if (Math.abs(x) > 0.51 || Math.abs(y) > 0.51) return 0;
    let least = Infinity;
    for (const { from, to } of segments) {
      const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
      const square = dx * dx + dy * dy;
      const along = square > 0 ? Math.min(1, Math.max(0, ((x - from[0]) * dx + (y - from[1]) * dy) / square)) : 0;
      least = Math.min(least, (x - from[0] - along * dx) ** 2 + (y - from[1] - along * dy) ** 2);
    }
    return Math.min(1, Math.max(0, (pen / 2 - Math.sqrt(least)) / edge + 0.5));
  };
}

/** Pixels from the top of a number's digits to their bottom, before it is photographed. */
const NUMBER = 100;

/**
 * A whole number, its digits one high on average, around the middle of it all.
 *
 * @param {import('../numbers.mjs').Written} number @param {number} pen its width, in heights
 * @returns {{ ink: Coverage, width: number, height: number }} how far it reaches, in heights of a digit
 */
export function inkOfNumber(number, pen) {
  const { picture } = paintNumber(number, { size: NUMBER, pen, margin: 0.02 });
  const { data, width, height } = picture;
  const at = (/** @type {number} */ x, /** @type {number} */ y) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : (255 - data[4 * (y * width + x)]) / 225;
  /** @type {Coverage} */
  const ink = (x, y) => {
    const [u, v] = [x * NUMBER + (width - 1) / 2, y * NUMBER + (height - 1) / 2];
    const [column, row] = [Math.floor(u), Math.floor(v)];
    const [across, down] = [u - column, v - row];
    const upper = at(column, row) * (1 - across) + at(column + 1, row) * across;
    const lower = at(column, row + 1) * (1 - across) + at(column + 1, row + 1) * across;
    return upper * (1 - down) + lower * down;
  };
  return { ink, width: width / NUMBER, height: height / NUMBER };
}
