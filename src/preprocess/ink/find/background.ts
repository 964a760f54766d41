import type { Box } from '../image/box.js';
import type { Colour } from '../image/colour.js';
import { colourAt, colourDistance, medianColour } from '../image/colour.js';
import { noiseOf } from './noise.js';
import type { Plane } from '../image/plane.js';
import { smooth } from '../image/smooth.js';
import { FINEST, subtractSurface } from './surface.js';

/** A border of one colour: this share of its cells is this close to it. Distances as in {@link Contrast}. */
const SHARE = 0.4;
const FLAT = 0.5;

/** More noise than this is averaged away. */
const NOISY = 4;

const NOTHING: Colour = [0, 0, 0, 0];

/** How far the cells' colours are from the background. */
export interface Contrast {
  /** Cells outside have none. */
  box: Box;
  /** Euclidean distance in premultiplied RGBA, 0 to 510: the box's [height, width]. */
  distances: Float32Array;
  /** Root mean square of the distance where there is no ink. */
  noise: number;
  /** The background is one colour, as on a canvas, not a photographed surface. */
  flat: boolean;
}

/**
 * Estimates the background from the picture itself and subtracts it. The border shows which colour it has; where that
 * colour is not one and the same (a photograph), a quadratic surface is fitted to all cells, robustly, ink being what
 * does not fit.
 */
export function contrastToBackground(plane: Plane): Contrast {
  const { colours, changed, base } = plane;
  const whole = { left: 0, top: 0, right: plane.width, bottom: plane.height };
  const border = reachesBorder(plane) ? borderCells(plane) : [];
  const { colour, spread } = border.length > 0 ? borderColour(plane, border) : { colour: base, spread: 0 };
  const flat = spread <= FLAT;
  const contrast = (rest: Float32Array, box: Box, background: Colour): Contrast => {
    const distances = distancesTo(background, rest, plane.width, box);
    return { box, distances, noise: noiseOf(distances, plane.width * plane.height), flat };
  };

  if (flat) {
    const clean = contrast(colours, colourDistance(base, colour) === 0 ? changed : whole, colour);
    if (clean.noise <= NOISY) return clean;
  }
  const rest = flat ? subtract(colours, colour) : subtractSurface(plane, border, colour, spread);
  const uneven = contrast(rest, whole, NOTHING);
  if (uneven.noise <= NOISY) return uneven;
  return contrast(smooth(rest, plane), whole, NOTHING); // smoothed before norms are taken, which only add up
}

function reachesBorder({ width, height, changed }: Plane): boolean {
  return changed.left === 0 || changed.top === 0 || changed.right === width || changed.bottom === height;
}

function borderCells({ width, height }: Plane): number[] {
  const cells: number[] = [];
  for (let x = 0; x < width; x++) cells.push(x, (height - 1) * width + x);
  for (let y = 1; y < height - 1; y++) cells.push(y * width, y * width + width - 1);
  return cells;
}

/**
 * The border's median or a corner's colour, whichever more of the border shares (ink seldom reaches into corners), and
 * how far from it the nearest share of the border is.
 */
function borderColour(
  { width, height, colours }: Plane,
  border: readonly number[],
): { colour: Colour; spread: number } {
  const corners = [0, width - 1, width * (height - 1), width * height - 1];
  const ofBorder = border.map((cell) => colourAt(colours, cell));
  const ofCorners = corners.map((cell) => colourAt(colours, cell));
  const votesFor = (colour: Colour): number => {
    const isSame = (other: Colour) => colourDistance(other, colour) <= 2 * FINEST;
    return ofBorder.filter(isSame).length + (ofCorners.filter(isSame).length * border.length) / 16;
  };
  let colour = medianColour(colours, border);
  let most = votesFor(colour);
  for (const corner of ofCorners) {
    const votes = votesFor(corner);
    if (votes > most) [colour, most] = [corner, votes];
  }
  const distances = Float64Array.from(ofBorder.map((other) => colourDistance(other, colour))).sort();
  return { colour, spread: distances[Math.floor(border.length * SHARE)] ?? 0 };
}

function subtract(colours: Float32Array, [red, green, blue, alpha]: Colour): Float32Array {
  const rest = new Float32Array(colours.length);
  for (let i = 0; i < colours.length; i += 4) {
    rest[i] = (colours[i] ?? 0) - red;
    rest[i + 1] = (colours[i + 1] ?? 0) - green;
    rest[i + 2] = (colours[i + 2] ?? 0) - blue;
    rest[i + 3] = (colours[i + 3] ?? 0) - alpha;
  }
  return rest;
}

function distancesTo(colour: Colour, colours: Float32Array, width: number, box: Box): Float32Array {
  const distances = new Float32Array((box.right - box.left) * (box.bottom - box.top));
  for (let y = box.top, to = 0; y < box.bottom; y++) {
    for (let x = box.left, i = (y * width + box.left) * 4; x < box.right; x++, i += 4, to++) {
      const red = (colours[i] ?? 0) - colour[0];
      const green = (colours[i + 1] ?? 0) - colour[1];
      const blue = (colours[i + 2] ?? 0) - colour[2];
      const alpha = (colours[i + 3] ?? 0) - colour[3];
      distances[to] = Math.sqrt(red * red + green * green + blue * blue + alpha * alpha);
    }
  }
  return distances;
}
