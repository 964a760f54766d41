import type { Point } from '../../../src/types.js';

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
export const DIGITS: Record<string, Strokes> = {
  0: [arc(30, 50, 30, 50, -90, 270)],
  1: [line(30, 0, 30, 100)],
  2: [[...arc(30, 28, 28, 28, -170, 40), [0, 100], [60, 100]]],
  3: [[...arc(30, 25, 26, 25, -150, 90), ...arc(30, 75, 30, 25, -90, 150)]],
  4: [[[40, 0], [0, 65], [60, 65]], line(42, 30, 42, 100)], // prettier-ignore
  5: [[[8, 0], [4, 42], ...arc(28, 68, 32, 32, -120, 140)], line(12, 0, 58, 0)], // prettier-ignore
  7: [[[0, 0], [60, 0], [20, 100]]], // prettier-ignore
  8: [[...arc(30, 25, 24, 25, 90, 450), ...arc(30, 75, 30, 25, -90, 270)]],
};

export function line(x0: number, y0: number, x1: number, y1: number): Point[] {
  return [
    [x0, y0],
    [x1, y1],
  ];
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
    const points = stroke.map(([x, y]) => [left + (x * size) / 100, top + (y * size) / 100]);
    for (let i = 0; i < points.length; i++) near(distances, width, height, points[Math.max(0, i - 1)], points[i], pen);
  }
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < distances.length; i++) {
    const cover = Math.min(1, Math.max(0, pen / 2 + 0.5 - distances[i]));
    const alpha = paper[3] * (1 - cover) + ink[3] * cover;
    for (let c = 0; c < 3; c++) {
      const value = alpha > 0 ? (paper[c] * paper[3] * (1 - cover) + ink[c] * ink[3] * cover) / alpha : 0;
      data[i * 4 + c] = light ? light(value, (i % width) / width, Math.floor(i / width) / height, c) : value;
    }
    data[i * 4 + 3] = alpha;
  }
  return { data, width, height };
}

function near(distances: Float32Array, width: number, height: number, a: number[], b: number[], pen: number): void {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const square = dx * dx + dy * dy;
  for (
    let y = Math.max(0, Math.floor(Math.min(a[1], b[1]) - pen));
    y < Math.min(height, Math.max(a[1], b[1]) + pen);
    y++
  ) {
    for (
      let x = Math.max(0, Math.floor(Math.min(a[0], b[0]) - pen));
      x < Math.min(width, Math.max(a[0], b[0]) + pen);
      x++
    ) {
      const [px, py] = [x + 0.5 - a[0], y + 0.5 - a[1]];
      const along = square > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / square)) : 0;
      const distance = Math.hypot(px - along * dx, py - along * dy);
      if (distance < distances[y * width + x]) distances[y * width + x] = distance;
    }
  }
}

/** A picture from a function of the pixel. */
export function paint(width: number, height: number, colour: (x: number, y: number) => Colour): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) data.set(colour(i % width, Math.floor(i / width)), i * 4);
  return { data, width, height };
}

/** Numbers of a normal distribution, the same ones for the same seed (mulberry32, Box and Muller). */
export function gaussian(seed: number): () => number {
  const uniform = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Pearson's correlation of two images: 1 if they are the same. */
export function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
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
