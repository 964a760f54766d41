import type { Plane } from './sample.js';

/** Order of the surface that models uneven lighting: 1, x, y, x², xy, y². */
const TERMS = 6;

/** Colours this close count as the same, in 0..255 summed over channels as a Euclidean distance. */
const SAME = 2;

/** How far every cell's colour is from the background. */
export interface Contrast {
  /** Euclidean distance in premultiplied RGBA, 0 to 510. */
  distance: Float32Array; // [height, width]
  /** Root mean square of the distance where there is no ink. */
  noise: number;
}

/**
 * Estimates the background from the picture itself and subtracts it. The border shows which colour it has; where that
 * colour is not one and the same (a photograph), a quadratic surface is fitted to all cells, robustly, ink being what
 * does not fit.
 */
export function contrastToBackground(plane: Plane): Contrast {
  const border = borderCells(plane);
  const colour = median(plane.colours, border);
  const distances = border.map((i) => distanceTo(plane.colours, i, colour)).sort((a, b) => a - b);
  const residual = plane.colours.slice();
  if (distances[border.length >> 1] <= SAME) {
    for (let i = 0; i < residual.length; i++) residual[i] -= colour[i & 3];
  } else {
    subtractSurface(plane, residual, border, colour, distances[border.length >> 1]);
  }
  const contrast = measure(residual);
  if (contrast.noise <= SAME * 2) return contrast;
  return measure(smooth(residual, plane.width, plane.height)); // sensor noise: average it away before taking norms
}

function borderCells({ width, height }: Plane): number[] {
  const cells: number[] = [];
  for (let x = 0; x < width; x++) cells.push(x, (height - 1) * width + x);
  for (let y = 1; y < height - 1; y++) cells.push(y * width, y * width + width - 1);
  return cells;
}

function median(colours: Float32Array, cells: number[]): number[] {
  return [0, 1, 2, 3].map((c) => cells.map((i) => colours[i * 4 + c]).sort((a, b) => a - b)[cells.length >> 1]);
}

function distanceTo(colours: Float32Array, cell: number, colour: ArrayLike<number>): number {
  const i = cell * 4;
  return Math.hypot(
    colours[i] - colour[0],
    colours[i + 1] - colour[1],
    colours[i + 2] - colour[2],
    colours[i + 3] - colour[3],
  );
}

/** Iteratively reweighted least squares with Geman and McClure's weights, the scale annealed from coarse to fine. */
function subtractSurface(
  plane: Plane,
  residual: Float32Array,
  border: number[],
  colour: number[],
  spread: number,
): void {
  const { width, height, colours } = plane;
  const step = Math.max(1, Math.round(Math.sqrt((width * height) / 1000)));
  const cells = border.filter((_, n) => n % step === 0);
  for (let y = step >> 1; y < height; y += step)
    for (let x = step >> 1; x < width; x += step) cells.push(y * width + x);

  const basis = (cell: number, out: Float64Array) => {
    const x = width > 1 ? ((cell % width) / (width - 1)) * 2 - 1 : 0;
    const y = height > 1 ? (Math.floor(cell / width) / (height - 1)) * 2 - 1 : 0;
    out.set([1, x, y, x * x, x * y, y * y]);
  };
  const surface = new Float64Array(TERMS * 4);
  for (let c = 0; c < 4; c++) surface[c] = colour[c];
  const terms = new Float64Array(TERMS);
  const fitted = new Float64Array(4);
  const evaluate = () => {
    for (let c = 0; c < 4; c++) {
      fitted[c] = 0;
      for (let t = 0; t < TERMS; t++) fitted[c] += surface[t * 4 + c] * terms[t];
    }
  };

  let scale = 2 * spread;
  for (let round = 0; round < 8; round++) {
    const normal = new Float64Array(TERMS * TERMS);
    const right = new Float64Array(TERMS * 4);
    const distances: number[] = [];
    for (const cell of cells) {
      basis(cell, terms);
      evaluate();
      const distance = distanceTo(colours, cell, fitted);
      distances.push(distance);
      const weight = 1 / (1 + (distance / scale) ** 2) ** 2;
      for (let t = 0; t < TERMS; t++) {
        for (let u = 0; u < TERMS; u++) normal[t * TERMS + u] += weight * terms[t] * terms[u];
        for (let c = 0; c < 4; c++) right[t * 4 + c] += weight * terms[t] * colours[cell * 4 + c];
      }
    }
    for (let t = 1; t < TERMS; t++) normal[t * TERMS + t] += 1e-3 * normal[0]; // pictures of one row determine no slope
    solve(normal, right);
    surface.set(right);
    distances.sort((a, b) => a - b);
    scale = Math.max(3 * SAME, Math.min(scale * 0.8, 2 * distances[distances.length >> 1]));
  }
  for (let cell = 0; cell < width * height; cell++) {
    basis(cell, terms);
    evaluate();
    for (let c = 0; c < 4; c++) residual[cell * 4 + c] -= fitted[c];
  }
}

/** Solves matrix · x = right in place for a symmetric positive definite matrix [6, 6] and `right` [6, 4]. */
function solve(matrix: Float64Array, right: Float64Array): void {
  for (let pivot = 0; pivot < TERMS; pivot++) {
    for (let row = 0; row < TERMS; row++) {
      if (row === pivot) continue;
      const factor = matrix[row * TERMS + pivot] / matrix[pivot * TERMS + pivot];
      for (let t = pivot; t < TERMS; t++) matrix[row * TERMS + t] -= factor * matrix[pivot * TERMS + t];
      for (let c = 0; c < 4; c++) right[row * 4 + c] -= factor * right[pivot * 4 + c];
    }
  }
  for (let t = 0; t < TERMS; t++) for (let c = 0; c < 4; c++) right[t * 4 + c] /= matrix[t * TERMS + t];
}

/** Norms of the residuals, and their size without the ink: the mean square below a cut that adapts to it. */
function measure(residual: Float32Array): Contrast {
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
    for (const d of distance) {
      if (d > cut) continue;
      sum += d * d;
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
