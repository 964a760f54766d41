import type { Colour } from '../image/colour.js';
import { colourAt, colourDistance } from '../image/colour.js';
import { NormalEquations } from './least-squares.js';
import type { Plane } from '../image/plane.js';

/** The finest scale of a robust fit; what is further off counts less and less. */
export const FINEST = 6;

/** About so many cells are enough to fit a surface to. */
const SAMPLES = 600;

const ROUNDS = 8;

/** one + x·u + y·v + xx·u² + xy·uv + yy·v², for u and v from -1 to 1 over the plane. */
interface Quadratic {
  one: number;
  x: number;
  y: number;
  xx: number;
  xy: number;
  yy: number;
}

/** Uneven lighting: a quadratic for each channel of the colour. */
type Surface = readonly [red: Quadratic, green: Quadratic, blue: Quadratic, alpha: Quadratic];

/** A cell that a surface is fitted to. */
interface Sample {
  u: number;
  v: number;
  colour: Colour;
  /** Factors of the quadratic's terms, then the colour. */
  row: readonly number[];
}

/**
 * The plane's colours less a quadratic surface that was fitted to them: iteratively reweighted least squares with Geman
 * and McClure's weights, the scale annealed from coarse to fine. It starts at the colour `start`, from which the
 * border's colours are `spread` away.
 *
 * @returns [height, width, 4]
 */
export function subtractSurface(plane: Plane, border: readonly number[], start: Colour, spread: number): Float32Array {
  const { width, height, colours } = plane;
  const [red, green, blue, alpha] = fitSurface(samplesOf(plane, border), start, spread);
  const rest = new Float32Array(colours.length);
  for (let y = 0, i = 0; y < height; y++) {
    const v = coordinate(y, height);
    for (let x = 0; x < width; x++, i += 4) {
      const u = coordinate(x, width);
      rest[i] = (colours[i] ?? 0) - valueAt(red, u, v);
      rest[i + 1] = (colours[i + 1] ?? 0) - valueAt(green, u, v);
      rest[i + 2] = (colours[i + 2] ?? 0) - valueAt(blue, u, v);
      rest[i + 3] = (colours[i + 3] ?? 0) - valueAt(alpha, u, v);
    }
  }
  return rest;
}

/** Some of the border's cells and some of a grid over the plane. */
function samplesOf({ width, height, colours }: Plane, border: readonly number[]): Sample[] {
  const step = Math.max(1, Math.round(Math.sqrt((width * height) / SAMPLES)));
  const cells = border.filter((_, n) => n % step === 0);
  for (let y = step >> 1; y < height; y += step)
    for (let x = step >> 1; x < width; x += step) cells.push(y * width + x);
  return cells.map((cell) => {
    const u = coordinate(cell % width, width);
    const v = coordinate(Math.floor(cell / width), height);
    const colour = colourAt(colours, cell);
    return { u, v, colour, row: [1, u, v, u * u, u * v, v * v, ...colour] };
  });
}

function fitSurface(samples: readonly Sample[], start: Colour, spread: number): Surface {
  let surface: Surface = [constant(start[0]), constant(start[1]), constant(start[2]), constant(start[3])];
  let scale = 2 * spread;
  const distances = new Float64Array(samples.length);
  for (let round = 0; round < ROUNDS; round++) {
    const equations = new NormalEquations(6, 4);
    for (const [n, { u, v, colour, row }] of samples.entries()) {
      const [red, green, blue, alpha] = surface;
      const fitted: Colour = [valueAt(red, u, v), valueAt(green, u, v), valueAt(blue, u, v), valueAt(alpha, u, v)];
      const distance = colourDistance(colour, fitted);
      distances[n] = distance;
      equations.add(row, 1 / (1 + (distance / scale) ** 2) ** 2);
    }
    equations.regularise(1e-3); // one row of cells determines no slope
    const [red = [], green = [], blue = [], alpha = []] = equations.solve();
    surface = [quadratic(red), quadratic(green), quadratic(blue), quadratic(alpha)];
    const median = distances.sort()[distances.length >> 1] ?? 0;
    scale = Math.max(FINEST, Math.min(scale * 0.8, 2 * median));
  }
  return surface;
}

const quadratic = ([one = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0]: readonly number[]): Quadratic => ({
  one,
  x,
  y,
  xx,
  xy,
  yy,
});

const constant = (value: number): Quadratic => quadratic([value]);

const valueAt = ({ one, x, y, xx, xy, yy }: Quadratic, u: number, v: number): number =>
  one + x * u + y * v + xx * (u * u) + xy * (u * v) + yy * (v * v);

/** From -1 to 1 along an axis of so many cells. */
const coordinate = (index: number, cells: number): number => (cells > 1 ? (2 * index) / (cells - 1) - 1 : 0);
