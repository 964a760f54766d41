// Whole numbers, put together from single digits of one person, as strokes and as pictures: what `read` is measured on.

/**
 * @import { Drawing } from './strokes.mjs'
 *
 * @typedef {{ left: number, top: number, right: number, bottom: number }} Box
 *
 * @typedef {object} Written a number that somebody has written
 * @property {string} text
 * @property {number[][][]} strokes in the order of the pen
 * @property {number[]} owners of each stroke, the place in `text` of the character that it belongs to
 * @property {Box[]} boxes of each character, what the middle of the pen went along
 * @property {number} height mean height of its digits
 */

/** Between the boxes of neighbours, in heights: from wide to touching to overlapping. */
export const GAPS = [0.4, 0.2, 0.1, 0.05, 0, -0.05, -0.1];

/** Widths of pens, in heights. */
export const PENS = { least: 0.05, most: 0.12 };

/** Of one digit against another, and of each against the line that they stand on, as shares. */
const SIZES = 0.15;
const UNEVEN = 0.05;
/** Most that a line rises or falls. */
const SLOPE = 0.14;

/**
 * A number of digits that one person drew: each of another size, on a line that slopes.
 *
 * @param {Drawing[]} drawings one person's
 * @param {() => number} next uniform numbers in [0, 1)
 * @param {{ length: number, gap: number, late?: boolean }} manner `gap` between the boxes of neighbours, in mean heights;
 *   `late`: second strokes, such as the bar of a 5, come when all digits have their first
 * @returns {Written}
 */
export function writeNumber(drawings, next, { length, gap, late = false }) {
  const draw = (/** @type {number} */ most) => (2 * next() - 1) * most;
  const digits = Array.from({ length }, () => drawings[Math.floor(next() * drawings.length)]);
  const boxes = digits.map(({ strokes }) => boxOf(strokes));
  const scales = digits.map(() => 1 + draw(SIZES));
  const height = boxes.reduce((sum, box, i) => sum + scales[i] * (box.bottom - box.top), 0) / length;
  const slope = draw(SLOPE);
  let right = 0;
  const placed = digits.map(({ label, strokes }, i) => {
    const box = boxes[i];
    const x = i === 0 ? 0 : right + gap * height;
    const y = slope * x + draw(UNEVEN) * height;
    right = x + scales[i] * (box.right - box.left);
    const moved = strokes.map((stroke) =>
      stroke.map(([u, v]) => [x + scales[i] * (u - box.left), y + scales[i] * (v - box.bottom)]),
    );
    return { label: String(label), strokes: moved };
  });
  const pens = placed.flatMap(({ strokes }, owner) => strokes.map((stroke, nth) => ({ stroke, owner, nth })));
  if (late) pens.sort((a, b) => Math.min(a.nth, 1) - Math.min(b.nth, 1) || a.owner - b.owner);
  return {
    text: placed.map(({ label }) => label).join(''),
    strokes: pens.map(({ stroke }) => stroke),
    owners: pens.map(({ owner }) => owner),
    boxes: placed.map(({ strokes }) => boxOf(strokes)),
    height,
  };
}

/**
 * A picture of a number, dark ink of a round pen on white.
 *
 * @param {Written} number
 * @param {{ size: number, pen: number, margin: number }} manner `size`: height of its digits, pixels; `pen`: its width,
 *   and `margin` around all, in heights
 * @returns {{ picture: import('handful').Pixels, boxes: Box[], owners: Uint8Array }} boxes around the ink, in pixels; for
 *   each pixel the first character with ink there, counted from 1, or 0
 */
export function paintNumber({ strokes, owners, boxes, height }, { size, pen, margin }) {
  const scale = size / height;
  const around = boxOf(strokes);
  const edge = (margin + pen) * size;
  const place = (/** @type {number[]} */ [x, y]) => [(x - around.left) * scale + edge, (y - around.top) * scale + edge];
  const width = Math.ceil((around.right - around.left) * scale + 2 * edge);
  const rows = Math.ceil((around.bottom - around.top) * scale + 2 * edge);
  const ink = new Float32Array(width * rows);
  const owner = new Uint8Array(width * rows);
  const radius = (pen * size) / 2;
  strokes.forEach((stroke, s) => {
    const points = stroke.map(place);
    for (let i = Math.min(1, points.length - 1); i < points.length; i++)
      paintSegment(points[Math.max(0, i - 1)], points[i], owners[s] + 1);
  });
  const data = new Uint8ClampedArray(width * rows * 4).fill(255);
  for (let i = 0; i < ink.length; i++) data.fill(255 - 225 * ink[i], 4 * i, 4 * i + 3);
  const inked = boxes.map(({ left, top, right, bottom }) => {
    const [[x, y], [u, v]] = [place([left, top]), place([right, bottom])];
    return { left: x - radius, top: y - radius, right: u + radius, bottom: v + radius };
  });
  return { picture: { data, width, height: rows }, boxes: inked, owners: owner };

  /** @param {number[]} a @param {number[]} b @param {number} who */
  function paintSegment([ax, ay], [bx, by], who) {
    const [dx, dy] = [bx - ax, by - ay];
    const square = dx * dx + dy * dy;
    const reach = radius + 0.5;
    for (let y = Math.floor(Math.min(ay, by) - reach); y <= Math.max(ay, by) + reach; y++)
      for (let x = Math.floor(Math.min(ax, bx) - reach); x <= Math.max(ax, bx) + reach; x++) {
        const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
        const along = square > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / square)) : 0;
        const cover = Math.min(1, reach - Math.hypot(px - along * dx, py - along * dy));
        if (cover <= 0) continue;
        const pixel = y * width + x;
        ink[pixel] = Math.max(ink[pixel], cover);
        if (cover >= 0.5 && owner[pixel] === 0) owner[pixel] = who;
      }
  }
}

/** @param {readonly (readonly number[])[][]} strokes @returns {Box} */
export function boxOf(strokes) {
  const [xs, ys] = [
    strokes.flatMap((stroke) => stroke.map(([x]) => x)),
    strokes.flatMap((stroke) => stroke.map(([, y]) => y)),
  ];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}
