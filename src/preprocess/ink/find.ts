import { contrastToBackground } from './background.js';
import { insideFrame } from './frame.js';
import type { Box } from './box.js';
import { longerSide } from './box.js';
import type { Mask } from './mask.js';
import { boundingBox, components, emptyMask } from './mask.js';
import type { Picture, Plane, Region } from '../sample.js';
import { samplePlane } from '../sample.js';
import { strayTaps } from './stray.js';

/** The whole picture is first seen on at most so many cells a side. */
const OVERVIEW = 160;

/** The ink is then seen on about so many cells along its longer side, and never on fewer than DETAIL_MIN if it can be. */
const DETAIL = 96;
const DETAIL_MIN = 64;

/** Contrast that is not ink however clean the picture: faint traces of compression, the edge of rounding. */
const FAINT = 12;

/** Ink stands out from noise by so many times its root mean square. */
const ABOVE_NOISE = 5;

/** Typical contrast of ink against the floor; what rises less is light falling unevenly. */
const CLEAR = 2;

/** The faintest part of a drawing, against its typical contrast. */
const FAINTEST = 0.22;

/** The ink of a picture, on cells. */
export interface Ink {
  mask: Mask;
  /** Upper left corner of the mask, in pixels of the picture. */
  x: number;
  y: number;
  /** Around the ink, in cells of the mask. */
  box: Box;
}

/**
 * Finds the ink inside a frame, if there is one, looking again more closely if it is a small part of the picture.
 * Undefined if there is none.
 */
export function findInk(picture: Picture): Ink | undefined {
  const whole: Region = { x: 0, y: 0, width: picture.width, height: picture.height };
  let cell = Math.ceil(Math.max(picture.width, picture.height) / OVERVIEW);
  let plane = samplePlane(picture, whole, cell);
  const inside = insideFrame(plane, whole);
  let region = inside;
  let best: Ink | undefined;
  for (let look = 0; look < 4; look++) {
    if (region !== whole) plane = samplePlane(picture, region, cell);
    const ink = inkOf(plane);
    if (!ink) break;
    best = ink;
    const side = longerSide(ink.box);
    if (side >= DETAIL_MIN) break;
    const finer = (cell * side) / DETAIL;
    const next = finer >= 1 ? Math.floor(finer) : 1 / Math.ceil(1 / finer);
    region = regionOf(ink, plane.cell, inside, Math.max(4, side / 4));
    cell = next;
  }
  return best;
}

/** The ink's box with a margin of so many cells, in pixels, within limits. */
function regionOf({ box, x, y }: Ink, cell: number, limits: Region, margin: number): Region {
  const left = Math.max(limits.x, Math.floor(x + (box.left - margin) * cell));
  const top = Math.max(limits.y, Math.floor(y + (box.top - margin) * cell));
  const right = Math.min(limits.x + limits.width, Math.ceil(x + (box.right + margin) * cell));
  const bottom = Math.min(limits.y + limits.height, Math.ceil(y + (box.bottom + margin) * cell));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function inkOf(plane: Plane): Ink | undefined {
  const { box: seen, distance, noise, flat } = contrastToBackground(plane);
  // Averaging thins a hairline out, but faint traces on a flat canvas more.
  const faint = flat && plane.cell > 1 ? FAINT / Math.sqrt(plane.cell) : FAINT;
  const floor = Math.max(faint, ABOVE_NOISE * noise);
  // Typical contrast of the ink: the mean weighted by the square, so that strong strokes outweigh wide faint shadows.
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < distance.length; i++) {
    const d = distance[i];
    if (d <= floor) continue;
    squares += d * d;
    cubes += d * d * d;
  }
  const contrast = cubes / squares;
  if (!(contrast > CLEAR * floor)) return undefined; // NaN if nothing is above the floor

  const mask = emptyMask(seen.right - seen.left, seen.bottom - seen.top);
  const lowest = Math.max(floor, FAINTEST * contrast);
  const radius = Math.max(1, Math.round(Math.max(plane.width, plane.height) / 24));
  for (let y = 0, i = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++, i++) {
      const d = distance[i];
      // Each stroke is cut at half its own height, so that thin and faint ones keep their width and loops stay open.
      if (d > lowest && (d >= 0.5 * contrast || !isExceeded(distance, mask, x, y, radius, 2 * d))) mask.cells[i] = 1;
    }
  }
  removeDust(mask, distance);
  const box = boundingBox(mask);
  return box && { mask, box, x: plane.x + seen.left * plane.cell, y: plane.y + seen.top * plane.cell };
}

/** Clears parts too small to be a stroke or a dot of the pen that drew the rest, and stray taps of that pen. */
function removeDust(mask: Mask, distance: Float32Array): void {
  let parts = components(mask);
  if (parts.length < 2) return;
  const masses = parts.map((part) => part.reduce((sum, i) => sum + distance[i], 0));
  const main = parts[masses.indexOf(Math.max(...masses))];
  const dot = (Math.PI / 4) * meanWidth(mask, main) ** 2;
  const clear = (part: Int32Array) => part.forEach((i) => (mask.cells[i] = 0));
  parts.filter((part) => part.length < dot / 4).forEach(clear);
  parts = parts.filter((part) => part.length >= dot / 4);
  const isStray = strayTaps(parts.map((part) => boxOf(part, mask.width)));
  parts.filter((_, n) => isStray[n]).forEach(clear);
}

function boxOf(part: Int32Array, width: number): Box {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const i of part) {
    const x = i % width;
    const y = (i - x) / width;
    box.left = Math.min(box.left, x);
    box.top = Math.min(box.top, y);
    box.right = Math.max(box.right, x + 1);
    box.bottom = Math.max(box.bottom, y + 1);
  }
  return box;
}

/** Width of a part as if it were one long stroke: twice its area by its outline, which runs along both its sides. */
function meanWidth({ width, height, cells }: Mask, part: Int32Array): number {
  let outline = 0;
  for (const i of part) {
    const x = i % width;
    if (x === 0 || cells[i - 1] === 0) outline++;
    if (x === width - 1 || cells[i + 1] === 0) outline++;
    if (i < width || cells[i - width] === 0) outline++;
    if (i >= width * (height - 1) || cells[i + width] === 0) outline++;
  }
  return (2 * part.length) / (outline * (Math.PI / 4)); // steps overrate an outline by 4 / pi on average
}

/** Whether a value within `radius` cells, in a square window, is larger than `limit`; near rows first. */
function isExceeded(
  values: Float32Array,
  { width, height }: Mask,
  x: number,
  y: number,
  radius: number,
  limit: number,
): boolean {
  const left = Math.max(0, x - radius);
  const right = Math.min(width, x + radius + 1);
  for (let n = 0; n <= 2 * radius; n++) {
    const v = n % 2 === 0 ? y + n / 2 : y - (n + 1) / 2;
    if (v < 0 || v >= height) continue;
    for (let i = v * width + left; i < v * width + right; i++) if (values[i] > limit) return true;
  }
  return false;
}
