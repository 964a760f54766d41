/** Of control points, pixels: about as smooth as the Gaussian of 4 pixels in Simard, Steinkraus and Platt 2003. */
const SPACING = 7;
const STEP = 1 / SPACING;

/**
 * Mean over positions of the sum of squared weights, along one axis: independent control points of variance v make a
 * field of variance v times this squared.
 */
export const VARIANCE = 151 / 315;

/** How many control points a uniform cubic B-spline has along so many pixels. */
export const controlPoints = (length: number): number => Math.ceil(length / SPACING) + 3;

/**
 * The smooth field that a grid of control points spans, a uniform cubic B-spline along both axes.
 * @param grid [controlPoints(height), controlPoints(width)]
 * @param field [height, width], overwritten.
 */
export function interpolate(grid: Float32Array, height: number, width: number, field: Float32Array): void {
  const points = controlPoints(width);
  const line = new Float64Array(points); // the grid at one row of pixels
  for (let y = 0, write = 0; y < height; y++) {
    const t = (y % SPACING) * STEP;
    const above = ((1 - t) * (1 - t) * (1 - t)) / 6;
    const near = (3 * t * t * t - 6 * t * t + 4) / 6;
    const below = (t * t * t) / 6;
    const next = 1 - above - near - below;
    for (let i = 0, g = Math.floor(y / SPACING) * points; i < points; i++, g++)
      line[i] = above * grid[g] + near * grid[g + points] + next * grid[g + 2 * points] + below * grid[g + 3 * points];
    for (let i = 0, x = 0; x < width; i++) {
      const a = line[i];
      const b = line[i + 1];
      const c = line[i + 2];
      const d = line[i + 3];
      // The cubic a to d weigh out, by its forward differences: three additions a pixel.
      const linear = ((c - a) / 2) * STEP;
      const square = ((a - 2 * b + c) / 2) * STEP * STEP;
      const cube = ((d - 3 * c + 3 * b - a) / 6) * STEP * STEP * STEP;
      let value = (a + 4 * b + c) / 6;
      let first = linear + square + cube;
      let second = 2 * square + 6 * cube;
      for (const end = Math.min(width, x + SPACING); x < end; x++) {
        field[write++] = value;
        value += first;
        first += second;
        second += 6 * cube;
      }
    }
  }
}
