import type { Box } from './box.js';
import type { Plane } from '../sample.js';
import { colourDistance, FINEST, subtractSurface } from './surface.js';

/** A border of one colour: this share of its cells is this close to it. Distances as in {@link Contrast}. */
const SHARE = 0.4;
const FLAT = 0.5;

/** More noise than this is averaged away. */
const NOISY = 4;

/** How far the cells' colours are from the background. */
export interface Contrast {
  /** Cells outside have none. */
  box: Box;
  /** Euclidean distance in premultiplied RGBA, 0 to 510. */
  distance: Float32Array; // the box's [height, width]
  /** Root mean square of the distance where there is no ink. */
  noise: number;
  /** The background is one colour, as on a canvas, not a photographed surface. */
  flat: boolean;
}

/**
 * Estimates the background from the picture itself and subtracts it, maybe in place. The border shows which colour it has;
 * where that colour is not one and the same (a photograph), a quadratic surface is fitted to all cells, robustly, ink
 * being what does not fit.
 */
export function contrastToBackground(plane: Plane): Contrast {
  const { width, height, colours, busy, still } = plane;
  const whole = { left: 0, top: 0, right: width, bottom: height };
  let colour: ArrayLike<number> = still;
  let flat = true;
  if (busy.left === 0 || busy.top === 0 || busy.right === width || busy.bottom === height) {
    const border = borderCells(plane);
    colour = commonColour(plane, border);
    const distances = Float64Array.from(border, (i) => colourDistance(colours, i, colour)).sort();
    const spread = distances[Math.floor(border.length * SHARE)];
    flat = spread <= FLAT;
    if (!flat) subtractSurface(plane, colours, border, colour, spread);
  }
  if (flat) {
    const box = colourDistance(still, 0, colour) === 0 ? busy : whole;
    const contrast = measure(distances(plane, box, colour), width * height);
    if (contrast.noise <= NOISY) return { ...contrast, box, flat };
    for (let i = 0; i < colours.length; i++) colours[i] -= colour[i & 3];
  }
  const rest = measure(distances(plane, whole, [0, 0, 0, 0]), width * height);
  if (rest.noise <= NOISY) return { ...rest, box: whole, flat };
  const smoothed = { ...plane, colours: smooth(colours, width, height) }; // before taking norms, which only add up
  return { ...measure(distances(smoothed, whole, [0, 0, 0, 0]), width * height), box: whole, flat };
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
    (c) => Float32Array.from(border, (i) => colours[i * 4 + c]).sort()[border.length >> 1],
  );
  const candidates = [middle, ...corners.map((i) => colours.slice(i * 4, i * 4 + 4))];
  const votes = candidates.map((colour) => {
    const same = (i: number) => colourDistance(colours, i, colour) <= 2 * FINEST;
    return border.filter(same).length + (corners.filter(same).length * border.length) / 16;
  });
  return candidates[votes.indexOf(Math.max(...votes))];
}

function distances({ width, colours }: Plane, { left, top, right, bottom }: Box, colour: ArrayLike<number>) {
  const [r, g, b, a] = [colour[0], colour[1], colour[2], colour[3]];
  const distance = new Float32Array((right - left) * (bottom - top));
  for (let y = top, to = 0; y < bottom; y++) {
    for (let x = left, i = (y * width + left) * 4; x < right; x++, i += 4, to++) {
      const red = colours[i] - r;
      const green = colours[i + 1] - g;
      const blue = colours[i + 2] - b;
      const alpha = colours[i + 3] - a;
      distance[to] = Math.sqrt(red * red + green * green + blue * blue + alpha * alpha);
    }
  }
  return distance;
}

/**
 * The size of the distances without the ink: the mean square below a cut that adapts to it.
 * @param cells How many there are; those whose distance is not given have none.
 */
function measure(distance: Float32Array, cells: number): Pick<Contrast, 'distance' | 'noise'> {
  const counts = new Uint32Array(512);
  for (let i = 0; i < distance.length; i++) counts[Math.min(511, Math.ceil(distance[i]))]++;
  counts[0] += cells - distance.length;
  let quartile = 0; // ink covers less than three quarters
  for (let seen = counts[0]; seen < cells / 4; quartile++) seen += counts[quartile + 1];
  let noise = 0;
  for (let round = 0, cut = 6 * quartile; round < 4 && cut > 0; round++, cut = 3.5 * noise) {
    let sum = 0;
    let count = cells - distance.length;
    for (let i = 0; i < distance.length; i++) {
      if (distance[i] > cut) continue;
      sum += distance[i] * distance[i];
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
