import { NormalEquations } from '../find/least-squares.js';
import type { Grid, Mask } from '../image/grid.js';

/** Lines are looked for up to this slope; perspective and a sheet lying askew make no more. */
const STEEPEST = 0.35;

/** Cells by which a run's middle may be off its line. */
const OFF = 1.6;

/** A line goes on where it is missing for no longer than it is there, half over. */
const MISSING = 1.5;

/** Printed lines bend by no more than this share of their length, and are off by no more than so many cells, root mean square. */
const BENT = 0.012;
const ROUGH = 0.7;

/** Lines looked for, at most. */
const MOST = 40;

/** A thin, long and nearly straight line, nearly level (or upright, in a picture that was turned over its diagonal). */
export interface Line {
  /** First and last column. */
  from: number;
  to: number;
  /** The row of its middle at a column: one + x · column + xx · column². */
  one: number;
  x: number;
  xx: number;
  /** Cells across. */
  thickness: number;
  /** Contrast summed across it. */
  strength: number;
}

type Curve = Pick<Line, 'one' | 'x' | 'xx'>;

export const rowAt = ({ one, x, xx }: Curve, column: number): number => one + column * (x + column * xx);

/** A stretch of ink down one column. */
interface Run {
  column: number;
  middle: number;
  length: number;
}

/**
 * The nearly level lines of a mask, at least `shortest` long and `thickest` across: straight ones by a Hough transform of
 * the middles of its short vertical runs, then bent a little (a parabola) to lie on them.
 */
export function findLines(mask: Mask, contrast: Grid, shortest: number, thickest: number): Line[] {
  let runs = thinRuns(mask, thickest);
  const votes = new Votes(mask);
  for (const run of runs) votes.add(run, 1);
  const lines: Line[] = [];
  for (let tries = 0; tries < MOST; tries++) {
    const best = votes.best();
    if (best.count < 0.6 * shortest) break;
    const fitted = fit(near(runs, best, OFF + 0.5));
    const onLine = near(runs, fitted, OFF);
    const line = stretch(mask, contrast, fitted, onLine, thickest);
    if (line && line.to - line.from + 1 >= shortest) lines.push(line);
    const taken = new Set([...near(runs, best, OFF + 0.5), ...onLine]);
    for (const run of taken) votes.add(run, -1);
    runs = runs.filter((run) => !taken.has(run));
  }
  return lines;
}

/** The vertical runs of ink that are no longer than `thickest`. */
function thinRuns({ width, height, cells }: Mask, thickest: number): Run[] {
  const runs: Run[] = [];
  for (let column = 0; column < width; column++) {
    for (let y = 0; y < height; y++) {
      if (cells[y * width + column] !== 1) continue;
      const top = y;
      while (y < height && cells[y * width + column] === 1) y++;
      if (y - top <= thickest) runs.push({ column, middle: (top + y - 1) / 2, length: y - top });
    }
  }
  return runs;
}

/** How many runs lie on each straight line, by its slope and by its row in the middle. */
class Votes {
  readonly #slopes: number;
  readonly #rows: number;
  readonly #first: number;
  readonly #counts: Int16Array;
  readonly #middle: number;

  constructor({ width, height }: Mask) {
    const reach = Math.ceil((STEEPEST * width) / 2);
    this.#middle = (width - 1) / 2;
    this.#slopes = 2 * Math.ceil(STEEPEST * width * 0.5) + 1;
    this.#first = -reach - 1;
    this.#rows = height + 2 * reach + 4;
    this.#counts = new Int16Array(this.#slopes * this.#rows);
  }

  #slope(n: number): number {
    return this.#slopes > 1 ? STEEPEST * ((2 * n) / (this.#slopes - 1) - 1) : 0;
  }

  add({ column, middle }: Run, amount: number): void {
    for (let n = 0; n < this.#slopes; n++) {
      const row = Math.floor(middle - this.#slope(n) * (column - this.#middle)) - this.#first;
      const i = n * this.#rows + row;
      this.#counts[i] = (this.#counts[i] ?? 0) + amount;
    }
  }

  best(): Curve & { count: number } {
    let most = -1;
    let at = 0;
    for (let i = 0; i + 1 < this.#counts.length; i++) {
      const count = (this.#counts[i] ?? 0) + (this.#counts[i + 1] ?? 0);
      if (count > most) [most, at] = [count, i];
    }
    const x = this.#slope(Math.floor(at / this.#rows));
    return { one: (at % this.#rows) + this.#first + 1 - x * this.#middle, x, xx: 0, count: most };
  }
}

const near = (runs: readonly Run[], curve: Curve, off: number): Run[] =>
  runs.filter(({ column, middle }) => Math.abs(middle - rowAt(curve, column)) <= off);

function fit(runs: readonly Run[]): Curve {
  const equations = new NormalEquations(3, 1);
  const scale = runs.reduce((most, { column }) => Math.max(most, column), 1);
  for (const { column, middle } of runs) equations.add([1, column / scale, (column / scale) ** 2, middle], 1);
  equations.regularise(1e-6);
  const [[one = 0, x = 0, xx = 0] = []] = equations.solve();
  return { one, x: x / scale, xx: xx / scale ** 2 };
}

/** The longest stretch of a curve that is mostly drawn. Where thick ink crosses it, it may be. */
function stretch(mask: Mask, contrast: Grid, curve: Curve, runs: readonly Run[], thickest: number): Line | undefined {
  const { width, height, cells } = mask;
  const drawn = new Map(runs.map((run) => [run.column, run]));
  let [from, to, best, start, sum] = [0, -1, 0, 0, 0];
  for (let column = 0; column < width; column++) {
    const row = Math.round(rowAt(curve, column));
    const isCrossed = row >= 0 && row < height && cells[row * width + column] === 1;
    if (sum <= 0) [sum, start] = [0, column];
    sum += drawn.has(column) ? 1 : isCrossed ? 0 : -MISSING;
    if (sum > best) [best, from, to] = [sum, start, column];
  }
  const used = runs.filter(({ column }) => column >= from && column <= to);
  const length = to - from + 1;
  const off = used.reduce((sum, { column, middle }) => sum + (middle - rowAt(curve, column)) ** 2, 0);
  const isStraight =
    Math.abs(curve.xx) * length ** 2 <= 4 * Math.max(1, BENT * length) && off <= ROUGH ** 2 * used.length;
  if (!isStraight || used.length < 0.5 * length) return undefined;
  const lengths = used.map(({ length }) => length).sort((a, b) => a - b);
  const strengths = used.map((run) => across(contrast, run, thickest)).sort((a, b) => a - b);
  const middle = used.length >> 1;
  return { ...curve, from, to, thickness: lengths[middle] ?? 1, strength: strengths[middle] ?? 0 };
}

/** Contrast summed over a run and the soft edges beside it. */
function across({ width, height, cells }: Grid, { column, middle, length }: Run, thickest: number): number {
  let sum = 0;
  const top = Math.max(0, Math.round(middle - (length - 1) / 2) - 1);
  const bottom = Math.min(height - 1, top + Math.min(length, thickest) + 1);
  for (let y = top; y <= bottom; y++) sum += cells[y * width + column] ?? 0;
  return sum;
}
