import type { Plane } from './sample.js';
import { colourDistance, FINEST, subtractSurface } from './surface.js';

/** A border of one colour: this share of its cells is this close to it. Distances as in {@link Contrast}. */
const SHARE = 0.4;
const FLAT = 0.5;

/** More noise than this is averaged away. */
const NOISY = 4;

/** How far every cell's colour is from the background. */
export interface Contrast {
  /** Euclidean distance in premultiplied RGBA, 0 to 510. */
  distance: Float32Array; // [height, width]
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
  const border = borderCells(plane);
  const colour = commonColour(plane, border);
  const distances = border.map((i) => colourDistance(plane.colours, i, colour)).sort((a, b) => a - b);
  const spread = distances[Math.floor(border.length * SHARE)];
  const flat = spread <= FLAT;
  const residual = plane.colours.slice();
  if (flat) {
    for (let i = 0; i < residual.length; i++) residual[i] -= colour[i & 3];
  } else {
    subtractSurface(plane, residual, border, colour, spread);
  }
  const contrast = measure(residual);
  if (contrast.noise <= NOISY) return { ...contrast, flat };
  return { ...measure(smooth(residual, plane.width, plane.height)), flat }; // before taking norms, which only add up
}

function borderCells({ width, height }: Plane): number[] {
  const cells: number[] = [];
  for (let x = 0; x < width; x++) cells.push(x, (height - 1) * width + x);
  for (let y = 1; y < height - 1; y++) cells.push(y * width, y * width + width - 1);
  return cells;
}

/** The border's median or a corner's colour, whichever more of the border shares; ink seldom reaches into corners. */
function commonColour({ width, height, colours }: Plane, border: number[]): ArrayLike<number> {
  const corners = [0, width - 1, width * (height - 1), width * height - 1];
  const middle = [0, 1, 2, 3].map(
    (c) => border.map((i) => colours[i * 4 + c]).sort((a, b) => a - b)[border.length >> 1],
  );
  const candidates = [middle, ...corners.map((i) => colours.subarray(i * 4, i * 4 + 4))];
  const votes = candidates.map((colour) => {
    const same = (i: number) => colourDistance(colours, i, colour) <= 2 * FINEST;
    return border.filter(same).length + (corners.filter(same).length * border.length) / 16;
  });
  return candidates[votes.indexOf(Math.max(...votes))];
}

/** Norms of the residuals, and their size without the ink: the mean square below a cut that adapts to it. */
function measure(residual: Float32Array): Omit<Contrast, 'flat'> {
  const distance = new Float32Array(residual.length / 4);
  const counts = new Uint32Array(512);
  for (let i = 0, j = 0; i < distance.length; i++, j += 4) {
    const square = residual[j] ** 2 + residual[j + 1] ** 2 + residual[j + 2] ** 2 + residual[j + 3] ** 2;
    distance[i] = Math.sqrt(square);
    counts[Math.min(511, Math.ceil(distance[i]))]++;
  }
  let quartile = 0; // ink covers less than three quarters
  for (let seen = counts[0]; seen < distance.length / 4; quartile++) seen += counts[quartile + 1];
  let noise = 0;
  for (let round = 0, cut = 6 * quartile; round < 4 && cut > 0; round++, cut = 3.5 * noise) {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < distance.length; i++) {
      if (distance[i] > cut) continue;
      sum += distance[i] ** 2;
      count++;
    }
    noise = Math.sqrt(sum / Math.max(1, count));
  }
  return { distance, noise };
}

/** Mean over 3 x 3 cells. */
function smooth(residual: Float32Array, width: number, height: number): Float32Array {
  const across = new Float32Array(residual.length);
  const out = new Float32Array(residual.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const before = x > 0 ? -4 : 0;
      const after = x < width - 1 ? 4 : 0;
      for (let c = 0; c < 4; c++, i++) across[i] = (residual[i + before] + residual[i] + residual[i + after]) / 3;
    }
  }
  const row = width * 4;
  for (let y = 0, i = 0; y < height; y++) {
    const before = y > 0 ? -row : 0;
    const after = y < height - 1 ? row : 0;
    for (let x = 0; x < row; x++, i++) out[i] = (across[i + before] + across[i] + across[i + after]) / 3;
  }
  return out;
}
