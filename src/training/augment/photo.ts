import type { Augment } from './augment.js';
import type { PhotoStrengths } from '../../types.js';

/** Shares of red, green and blue in what the eye sees as grey (ITU-R BT.601). */
const GREY = [0.299, 0.587, 0.114];

/**
 * Random crop of the padded picture, mirroring, light and colour, and a blanked square.
 * @param shape [height, width, channels]
 * @param mean One a channel, of the standardisation; black is what pads a picture.
 * @param std One a channel.
 */
export function photoAugment(
  [height, width, channels]: readonly number[],
  mean: readonly number[],
  std: readonly number[],
  { crop, flip, brightness, contrast, saturation, cutout }: PhotoStrengths,
): Augment {
  const black = Float32Array.from(mean, (value, c) => (0 - value) / std[c]);
  const row = width * channels;

  const blank = (target: Float32Array, from: number, to: number): void => {
    for (let i = from; i < to; i += channels) for (let c = 0; c < channels; c++) target[i + c] = black[c];
  };

  return (source, from, target, to, next) => {
    const draw = (most: number): number => (2 * next() - 1) * most;
    const whole = (most: number): number => Math.round(draw(most + 0.5 - 1e-9)); // each from -most to most as often
    const [moveX, moveY] = crop > 0 ? [whole(Math.round(crop)), whole(Math.round(crop))] : [0, 0];
    const mirrored = flip > 0 && next() < flip;
    const first = Math.max(0, -moveX); // the columns that are within the source, before mirroring
    const last = Math.min(width, width - moveX);
    for (let y = 0; y < height; y++) {
      const line = to + y * row;
      if (y + moveY < 0 || y + moveY >= height || last <= first) {
        blank(target, line, line + row);
        continue;
      }
      const read = from + (y + moveY) * row + moveX * channels;
      if (mirrored) {
        blank(target, line, line + (width - last) * channels);
        blank(target, line + (width - first) * channels, line + row);
        reverse(source, read + first * channels, target, line + (width - last) * channels, last - first, channels);
      } else {
        blank(target, line, line + first * channels);
        blank(target, line + last * channels, line + row);
        target.set(source.subarray(read + first * channels, read + last * channels), line + first * channels);
      }
    }
    if (brightness > 0 || contrast > 0 || saturation > 0)
      colour(target, to, height * width, mean, std, 1 + draw(brightness), 1 + draw(contrast), 1 + draw(saturation));
    if (cutout > 0) {
      const side = Math.round(cutout);
      const [left, top] = [Math.floor(next() * width) - (side >> 1), Math.floor(next() * height) - (side >> 1)];
      const [start, end] = [Math.max(0, left), Math.min(width, left + side)];
      for (let y = Math.max(0, top); y < Math.min(height, top + side); y++)
        blank(target, to + y * row + start * channels, to + y * row + end * channels);
    }
  };
}

/** Copies so many pixels in reverse order. */
function reverse(
  source: Float32Array,
  from: number,
  target: Float32Array,
  to: number,
  count: number,
  channels: number,
): void {
  const start = to + (count - 1) * channels;
  if (channels === 3) {
    for (let i = 0; i < count * 3; i += 3) {
      target[start - i] = source[from + i];
      target[start - i + 1] = source[from + i + 1];
      target[start - i + 2] = source[from + i + 2];
    }
  } else for (let i = 0; i < count; i++) target[start - i] = source[from + i];
}

/** Every value times `light`, then towards the picture's mean grey and towards each pixel's own, within 0 to 1. */
function colour(
  target: Float32Array,
  to: number,
  pixels: number,
  mean: readonly number[],
  std: readonly number[],
  light: number,
  sharp: number,
  vivid: number,
): void {
  const channels = mean.length;
  const weights = channels === 3 ? GREY : mean.map(() => 1 / channels);
  const greys = new Float32Array(pixels).fill(weights.reduce((sum, weight, c) => sum + weight * mean[c], 0));
  for (let c = 0; c < channels; c++) {
    const weight = weights[c] * std[c];
    for (let i = 0, at = to + c; i < pixels; i++, at += channels) greys[i] += weight * target[at];
  }
  let total = 0;
  for (let i = 0; i < pixels; i++) total += greys[i];
  const own = sharp * light * (1 - vivid);
  const shared = ((1 - sharp) * light * total) / pixels;
  for (let c = 0; c < channels; c++) {
    const offset = sharp * light * vivid * mean[c] + shared;
    const factor = sharp * light * vivid * std[c];
    for (let i = 0, at = to + c; i < pixels; i++, at += channels) {
      const value = factor * target[at] + own * greys[i] + offset;
      target[at] = ((value < 0 ? 0 : value > 1 ? 1 : value) - mean[c]) / std[c];
    }
  }
}
