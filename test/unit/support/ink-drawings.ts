import { normal, random } from '../../../src/common/random.js';
import type { Point } from '../../support/points.js';
import { points } from '../../support/points.js';

export type Colour = readonly [r: number, g: number, b: number, a: number];
export type Strokes = readonly (readonly Point[])[];

export interface Picture {
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

export const WHITE: Colour = [255, 255, 255, 255];
export const BLACK: Colour = [0, 0, 0, 255];
export const CLEAR: Colour = [0, 0, 0, 0];

/** Digits as a pen would draw them, in a box of 60 x 100. */
export const DIGITS = {
  '0': [arc(30, 50, 30, 50, -90, 270)],
  '1': [line(30, 0, 30, 100)],
  '2': [[...arc(30, 28, 28, 28, -170, 40), ...points('0,100 60,100')]],
  '3': [[...arc(30, 25, 26, 25, -150, 90), ...arc(30, 75, 30, 25, -90, 150)]],
  '4': [points('40,0 0,65 60,65'), line(42, 30, 42, 100)],
  '5': [[...points('8,0 4,42'), ...arc(28, 68, 32, 32, -120, 140)], line(12, 0, 58, 0)],
  '7': [points('0,0 60,0 20,100')],
  '8': [[...arc(30, 25, 24, 25, 90, 450), ...arc(30, 75, 30, 25, -90, 270)]],
} satisfies Record<string, Strokes>;

export type Digit = keyof typeof DIGITS;

export const EVERY_DIGIT = Object.keys(DIGITS) as Digit[];

export function line(x0: number, y0: number, x1: number, y1: number): Point[] {
  return points(`${x0},${y0} ${x1},${y1}`);
}

/** Part of an ellipse, degrees clockwise from the right. */
export function arc(x: number, y: number, rx: number, ry: number, from: number, to: number): Point[] {
  return Array.from({ length: 33 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 32) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)] as const;
  });
}

export interface Drawing {
  width?: number;
  height?: number;
  /** Where the upper left corner of the digit's box of 60 x 100 comes, and its height, in pixels. */
  x?: number;
  y?: number;
  size?: number;
  pen?: number;
  ink?: Colour;
  paper?: Colour;
  /** Changes a colour channel (0 to 2) of a finished pixel. */
  light?: (value: number, x: number, y: number, channel: number) => number;
}

/** Draws strokes on a canvas, anti-aliased, as a browser would with round caps and joins. */
export function drawing(strokes: Strokes, options: Drawing = {}): Picture {
  const { width = 280, height = width, size = height * 0.7, pen = height / 16, ink = BLACK, paper = WHITE } = options;
  const { x: left = (width - size * 0.6) / 2, y: top = (height - size) / 2, light } = options;
  const distances = new Float32Array(width * height).fill(Infinity);
  for (const stroke of strokes) {
    const placed = stroke.map(([x, y]): Point => [left + (x * size) / 100, top + (y * size) / 100]);
    let last = placed[0];
    for (const point of placed) {
      near(distances, width, height, last ?? point, point, pen);
      last = point;
    }
  }
  const data = new Uint8ClampedArray(width * height * 4);
  for (const [i, distance] of distances.entries()) {
    const cover = Math.min(1, Math.max(0, pen / 2 + 0.5 - distance));
    const alpha = paper[3] * (1 - cover) + ink[3] * cover;
    for (const c of [0, 1, 2] as const) {
      const value = alpha > 0 ? (paper[c] * paper[3] * (1 - cover) + ink[c] * ink[3] * cover) / alpha : 0;
      data[i * 4 + c] = light ? light(value, (i % width) / width, Math.floor(i / width) / height, c) : value;
    }
    data[i * 4 + 3] = alpha;
  }
  return { data, width, height };
}

/** Lowers each pixel's distance to that of a segment, as far as a pen reaches. */
function near(distances: Float32Array, width: number, height: number, a: Point, b: Point, pen: number): void {
  const [ax, ay] = a;
  const [dx, dy] = [b[0] - ax, b[1] - ay];
  const square = dx * dx + dy * dy;
  const left = Math.max(0, Math.floor(Math.min(ax, b[0]) - pen));
  const top = Math.max(0, Math.floor(Math.min(ay, b[1]) - pen));
  const right = Math.min(width, Math.max(ax, b[0]) + pen);
  const bottom = Math.min(height, Math.max(ay, b[1]) + pen);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
      const along = square > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / square)) : 0;
      const distance = Math.hypot(px - along * dx, py - along * dy);
      if (distance < (distances[y * width + x] ?? 0)) distances[y * width + x] = distance;
    }
  }
}

/** A picture from a function of the pixel. */
export function paint(width: number, height: number, colour: (x: number, y: number) => Colour): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) data.set(colour(i % width, Math.floor(i / width)), i * 4);
  return { data, width, height };
}

/** Numbers of a normal distribution, the same ones for the same seed. */
export function gaussian(seed: number): () => number {
  const next = random(seed);
  return () => normal(next);
}

/** Pearson's correlation of two images: 1 if they are the same. */
export function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? NaN;
    ab += (value - meanA) * (other - meanB);
    aa += (value - meanA) ** 2;
    bb += (other - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** The darker pixel of two pictures of the same size, everywhere: one drawn over the other in black on white. */
export function darker(a: Picture, b: Picture): Picture {
  return { ...a, data: a.data.map((value, i) => Math.min(value, b.data[i] ?? NaN)) };
}

/** Columns and rows that hold ink of at least `level`, and its sum and centre. */
export function measure(image: Float32Array, level = 0.1) {
  let [left, top, right, bottom, mass, x, y] = [28, 28, -1, -1, 0, 0, 0];
  image.forEach((value, i) => {
    const [u, v] = [i % 28, Math.floor(i / 28)];
    mass += value;
    x += value * (u + 0.5);
    y += value * (v + 0.5);
    if (value < level) return;
    [left, top, right, bottom] = [Math.min(left, u), Math.min(top, v), Math.max(right, u), Math.max(bottom, v)];
  });
  return { width: right - left + 1, height: bottom - top + 1, mass, x: x / mass, y: y / mass };
}
