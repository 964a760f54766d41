/** Of control points, pixels: about as smooth as the Gaussian of 4 pixels in Simard, Steinkraus and Platt 2003. */
const SPACING = 7;
const STEP = 1 / SPACING;

/**
 * Mean over positions of the sum of squared weights, along one axis: independent control points of variance v make a
 * field of variance v times this squared.
 */
export const VARIANCE = 151 / 315;

/** A smooth field that a grid of control points spans, a uniform cubic B-spline along both axes. */
export interface SplineField {
  width: number;
  /** [height / SPACING + 3, width / SPACING + 3], rounded up */
  controls: Float32Array;
  /** [height, width] */
  values: Float32Array;
}

/** A field of zeros. */
export function splineField(height: number, width: number): SplineField {
  const controls = new Float32Array(controlPoints(height) * controlPoints(width));
  return { width, controls, values: new Float32Array(height * width) };
}

const controlPoints = (length: number): number => Math.ceil(length / SPACING) + 3;

/** Draws the control points anew, row by row, and interpolates the values. */
export function redraw({ width, controls, values }: SplineField, draw: () => number): void {
  for (let i = 0; i < controls.length; i++) controls[i] = draw();
  const points = controlPoints(width);
  const line = new Float64Array(points); // the control points at one row of pixels
  for (let y = 0; y * width < values.length; y++) {
    interpolateDown(controls, Math.floor(y / SPACING) * points, (y % SPACING) * STEP, line);
    interpolateAcross(line, values, y * width, width);
  }
}

/** Between rows of control points, of which four count: `t` of the way from the second, at `first`, to the third. */
function interpolateDown(controls: Float32Array, first: number, t: number, line: Float64Array): void {
  const above = ((1 - t) * (1 - t) * (1 - t)) / 6;
  const near = (3 * t * t * t - 6 * t * t + 4) / 6;
  const below = (t * t * t) / 6;
  const next = 1 - above - near - below;
  const points = line.length;
  const [second, third, fourth] = [first + points, first + 2 * points, first + 3 * points];
  for (let i = 0; i < points; i++) {
    const upper = above * (controls[first + i] ?? 0) + near * (controls[second + i] ?? 0);
    line[i] = upper + next * (controls[third + i] ?? 0) + below * (controls[fourth + i] ?? 0);
  }
}

/** Writes a row of pixels to `values[to]`. */
function interpolateAcross(line: Float64Array, values: Float32Array, to: number, width: number): void {
  for (let i = 0, x = 0; x < width; i++) {
    const a = line[i] ?? 0;
    const b = line[i + 1] ?? 0;
    const c = line[i + 2] ?? 0;
    const d = line[i + 3] ?? 0;
    // The cubic a to d weigh out, by its forward differences: three additions a pixel.
    const linear = ((c - a) / 2) * STEP;
    const square = ((a - 2 * b + c) / 2) * STEP * STEP;
    const cube = ((d - 3 * c + 3 * b - a) / 6) * STEP * STEP * STEP;
    let value = (a + 4 * b + c) / 6;
    let first = linear + square + cube;
    let second = 2 * square + 6 * cube;
    for (const end = Math.min(width, x + SPACING); x < end; x++) {
      values[to + x] = value;
      value += first;
      first += second;
      second += 6 * cube;
    }
  }
}
