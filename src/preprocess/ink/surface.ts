import type { Plane } from '../sample.js';

/** Terms of the surface that models uneven lighting: 1, x, y, x², xy, y². */
const TERMS = 6;

/** The finest scale of a robust fit; what is further off counts less and less. */
export const FINEST = 6;

/** Euclidean distance of one cell's colour, of `colours` [height, width, 4], to another colour. */
export function colourDistance(colours: Float32Array, cell: number, colour: ArrayLike<number>): number {
  let square = 0;
  for (let c = 0; c < 4; c++) square += (colours[cell * 4 + c] - colour[c]) ** 2;
  return Math.sqrt(square);
}

/**
 * Subtracts a quadratic surface fitted to the plane's colours from `residual` [height, width, 4]: iteratively reweighted
 * least squares with Geman and McClure's weights, the scale annealed from coarse to fine. It starts at the colour
 * `start`, from which the border's colours are `spread` away.
 */
export function subtractSurface(
  plane: Plane,
  residual: Float32Array,
  border: number[],
  start: ArrayLike<number>,
  spread: number,
): void {
  const { width, height, colours } = plane;
  const step = Math.max(1, Math.round(Math.sqrt((width * height) / 600)));
  const cells = border.filter((_, n) => n % step === 0);
  for (let y = step >> 1; y < height; y += step) {
    for (let x = step >> 1; x < width; x += step) cells.push(y * width + x);
  }
  const surface = new Float64Array(TERMS * 4); // [term, channel]
  surface.set(start);
  const normal = new Float64Array(TERMS * TERMS);
  const terms = new Float64Array(TERMS);
  const fitted = new Float64Array(4);
  const distances = new Float64Array(cells.length);
  let scale = 2 * spread;
  for (let round = 0; round < 8; round++) {
    normal.fill(0);
    const right = new Float64Array(TERMS * 4);
    for (let n = 0; n < cells.length; n++) {
      evaluate(surface, cells[n] % width, Math.floor(cells[n] / width), plane, terms, fitted);
      distances[n] = colourDistance(colours, cells[n], fitted);
      const weight = 1 / (1 + (distances[n] / scale) ** 2) ** 2;
      for (let t = 0; t < TERMS; t++) {
        const weighted = weight * terms[t];
        for (let u = 0; u < TERMS; u++) normal[t * TERMS + u] += weighted * terms[u];
        for (let c = 0; c < 4; c++) right[t * 4 + c] += weighted * colours[cells[n] * 4 + c];
      }
    }
    for (let t = 1; t < TERMS; t++) normal[t * TERMS + t] += 1e-3 * normal[0]; // one row of cells determines no slope
    solve(normal, right);
    surface.set(right);
    distances.sort();
    scale = Math.max(FINEST, Math.min(scale * 0.8, 2 * distances[distances.length >> 1]));
  }
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      evaluate(surface, x, y, plane, terms, fitted);
      for (let c = 0; c < 4; c++, i++) residual[i] -= fitted[c];
    }
  }
}

/** The surface's terms and its four channels at a cell, coordinates from -1 to 1. */
function evaluate(
  surface: Float64Array,
  column: number,
  row: number,
  { width, height }: Plane,
  terms: Float64Array,
  fitted: Float64Array,
): void {
  const x = width > 1 ? (2 * column) / (width - 1) - 1 : 0;
  const y = height > 1 ? (2 * row) / (height - 1) - 1 : 0;
  terms[0] = 1;
  terms[1] = x;
  terms[2] = y;
  terms[3] = x * x;
  terms[4] = x * y;
  terms[5] = y * y;
  for (let c = 0; c < 4; c++) {
    let sum = 0;
    for (let t = 0; t < TERMS; t++) sum += surface[t * 4 + c] * terms[t];
    fitted[c] = sum;
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
