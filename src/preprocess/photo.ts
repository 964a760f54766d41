import type { Picture } from './sample.js';

/** Luma of ITU-R BT.601, for networks that see one channel. */
const LUMA = [0.299, 0.587, 0.114];

/**
 * Fits a photograph: composited over white, cut around its middle to the shape's aspect and resized by a triangle filter
 * that is as wide as the reduction (bilinear where it enlarges).
 *
 * @returns [height, width, channels], 0 to 1; `channels` is 1 or 3.
 */
export function photoFromPicture(picture: Picture, height: number, width: number, channels: number): Float32Array {
  const scale = Math.min(picture.width / width, picture.height / height); // pixels of the picture per pixel
  const columns = taps(picture.width, width, scale);
  const rows = taps(picture.height, height, scale);
  const out = new Float32Array(height * width * channels);
  const row = new Float32Array(width * channels);
  for (let y = rows[0].from; y < rows[height - 1].from + rows[height - 1].weights.length; y++) {
    let filled = false;
    for (let v = 0; v < height; v++) {
      const weight = rows[v].weights[y - rows[v].from];
      if (!weight) continue;
      if (!filled) resizeRow(picture, y, columns, channels, row);
      filled = true;
      for (let i = 0, to = v * row.length; i < row.length; i++, to++) out[to] += weight * row[i];
    }
  }
  return out;
}

/** The pixels along one axis that make up a pixel of the result, with weights that sum to 1. */
interface Taps {
  from: number;
  weights: Float32Array;
}

function taps(length: number, results: number, scale: number): Taps[] {
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

function resizeRow(picture: Picture, y: number, columns: Taps[], channels: number, out: Float32Array): void {
  const { data, width } = picture;
  for (let u = 0; u < columns.length; u++) {
    const { from, weights } = columns[u];
    let r = 0;
    let g = 0;
    let b = 0;
    for (let j = 0, i = (y * width + from) * 4; j < weights.length; j++, i += 4) {
      const alpha = data[i + 3] / 255;
      const white = 255 * (1 - alpha);
      r += weights[j] * (data[i] * alpha + white);
      g += weights[j] * (data[i + 1] * alpha + white);
      b += weights[j] * (data[i + 2] * alpha + white);
    }
    if (channels === 1) out[u] = (LUMA[0] * r + LUMA[1] * g + LUMA[2] * b) / 255;
    else out.set([r / 255, g / 255, b / 255], u * 3);
  }
}
