import { LUMA } from '../common/luma.js';
import type { Picture } from './picture.js';

/**
 * Fits a photograph: composited over white, cut around its middle to the shape's aspect and resized by a triangle filter
 * that is as wide as the reduction (bilinear where it enlarges).
 *
 * @returns [height, width, channels], 0 to 1; `channels` is 1 or 3.
 */
export function photoFromPicture(picture: Picture, height: number, width: number, channels: number): Float32Array {
  const scale = Math.min(picture.width / width, picture.height / height); // pixels of the picture per pixel
  const columns = triangleFilter(picture.width, width, scale);
  const rows = triangleFilter(picture.height, height, scale);
  const out = new Float32Array(height * width * channels);
  for (let y = 0; y < picture.height; y++) {
    let row: Float32Array | undefined; // resized when the first result asks for it, then good for all of them
    for (const [v, { from, weights }] of rows.entries()) {
      if (y < from || y >= from + weights.length) continue;
      row ??= resizeRow(picture, y, columns, channels);
      addScaled(out, v * row.length, row, weights[y - from] ?? 0);
    }
  }
  return out;
}

/** The pixels along one axis that make up a pixel of the result, with weights that sum to 1. */
interface Taps {
  from: number;
  weights: Float32Array;
}

/** The taps of each result, in the middle of so many pixels. */
function triangleFilter(length: number, results: number, scale: number): Taps[] {
  const start = (length - results * scale) / 2;
  const reach = Math.max(1, scale);
  return Array.from({ length: results }, (_, i) => {
    const middle = start + (i + 0.5) * scale;
    const from = Math.max(0, Math.ceil(middle - reach - 0.5));
    const to = Math.min(length - 1, Math.floor(middle + reach - 0.5));
    const weights = new Float32Array(to - from + 1).map((_, j) => 1 - Math.abs(from + j + 0.5 - middle) / reach);
    const sum = weights.reduce((a, b) => a + b);
    return { from, weights: weights.map((weight) => weight / sum) };
  });
}

/** out[to…] += factor · row */
function addScaled(out: Float32Array, to: number, row: Float32Array, factor: number): void {
  for (let i = 0; i < row.length; i++) out[to + i] = (out[to + i] ?? 0) + factor * (row[i] ?? 0);
}

/** A row of the picture over white, on the result's columns: [columns, channels]. */
function resizeRow({ data, width }: Picture, y: number, columns: Taps[], channels: number): Float32Array {
  const out = new Float32Array(columns.length * channels);
  for (const [u, { from, weights }] of columns.entries()) {
    let r = 0;
    let g = 0;
    let b = 0;
    for (let j = 0, i = (y * width + from) * 4; j < weights.length; j++, i += 4) {
      const weight = weights[j] ?? 0;
      const alpha = (data[i + 3] ?? 0) / 255;
      const white = 255 * (1 - alpha);
      r += weight * ((data[i] ?? 0) * alpha + white);
      g += weight * ((data[i + 1] ?? 0) * alpha + white);
      b += weight * ((data[i + 2] ?? 0) * alpha + white);
    }
    if (channels === 1) out[u] = (LUMA[0] * r + LUMA[1] * g + LUMA[2] * b) / 255;
    else out.set([r / 255, g / 255, b / 255], u * 3);
  }
  return out;
}
