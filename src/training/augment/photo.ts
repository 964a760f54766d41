import { LUMA } from '../../common/luma.js';
import type { Augment } from './augment.js';
import type { PhotoStrengths, Preprocessing } from '../../types.js';

/** A channel's standardisation. */
interface Channel {
  mean: number;
  std: number;
  /** Its share in what the eye sees as grey. */
  luma: number;
}

/**
 * Random crop of the padded picture, mirroring, light and colour, and a blanked square.
 * @param shape [height, width, channels]
 * @param mean One a channel, of the standardisation; black is what pads a picture.
 * @param std One a channel.
 * @param order Of the channels, where there are three.
 */
export function photoAugment(
  [height = 1, width = 1, count = 1]: readonly number[],
  mean: readonly number[],
  std: readonly number[],
  { crop, flip, brightness, contrast, saturation, cutout }: PhotoStrengths,
  order: Preprocessing['order'] = 'rgb',
): Augment {
  const inOrder = order === 'rgb' ? LUMA : [...LUMA].reverse();
  const shares = count === 3 ? inOrder : [];
  const channels = mean.map((mean, c): Channel => ({ mean, std: std[c] ?? 1, luma: shares[c] ?? 1 / count }));
  const black = blackRow(channels, width);
  const row = black.length;
  const blank = (target: Float32Array, from: number, to: number): void => {
    for (let i = 0; i < to - from; i++) target[from + i] = black[i] ?? 0;
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
      const read = from + (y + moveY) * row + moveX * count;
      const start = line + (mirrored ? width - last : first) * count;
      const end = start + (last - first) * count;
      blank(target, line, start);
      blank(target, end, line + row);
      if (mirrored) mirror(source, read + first * count, target, start, end, count);
      else target.set(source.subarray(read + first * count, read + last * count), start);
    }
    if (brightness > 0 || contrast > 0 || saturation > 0) {
      const picture = target.subarray(to, to + height * row);
      colour(picture, channels, 1 + draw(brightness), 1 + draw(contrast), 1 + draw(saturation));
    }
    if (cutout > 0) {
      const side = Math.round(cutout);
      const [left, top] = [Math.floor(next() * width) - (side >> 1), Math.floor(next() * height) - (side >> 1)];
      const [start, end] = [Math.max(0, left), Math.min(width, left + side)];
      for (let y = Math.max(0, top); y < Math.min(height, top + side); y++)
        blank(target, to + y * row + start * count, to + y * row + end * count);
    }
  };
}

/** A row of black pixels, standardised. */
function blackRow(channels: readonly Channel[], width: number): Float32Array {
  const pixel = channels.map(({ mean, std }) => (0 - mean) / std);
  return Float32Array.from(Array.from({ length: width }, () => pixel).flat());
}

/** Copies pixels in reverse order. */
function mirror(
  source: Float32Array,
  from: number,
  target: Float32Array,
  start: number,
  end: number,
  channels: number,
): void {
  for (let pixel = end - channels, read = from; pixel >= start; pixel -= channels) {
    for (let c = 0; c < channels; c++) target[pixel + c] = source[read++] ?? 0;
  }
}

/** Every value times `light`, then towards the picture's mean grey and towards each pixel's own, within 0 to 1. */
function colour(
  picture: Float32Array,
  channels: readonly Channel[],
  light: number,
  sharp: number,
  vivid: number,
): void {
  const greys = greyOf(picture, channels);
  const stride = channels.length;
  const pixels = greys.length;
  let total = 0;
  for (let i = 0; i < pixels; i++) total += greys[i] ?? 0;
  const own = sharp * light * (1 - vivid);
  const shared = ((1 - sharp) * light * total) / pixels;
  for (const [c, { mean, std }] of channels.entries()) {
    const offset = sharp * light * vivid * mean + shared;
    const factor = sharp * light * vivid * std;
    for (let i = 0, at = c; i < pixels; i++, at += stride) {
      const value = factor * (picture[at] ?? 0) + own * (greys[i] ?? 0) + offset;
      const lit = value < 0 ? 0 : value > 1 ? 1 : value;
      picture[at] = (lit - mean) / std;
    }
  }
}

/** Each pixel's grey, 0 to 1. */
function greyOf(picture: Float32Array, channels: readonly Channel[]): Float32Array {
  const stride = channels.length;
  const pixels = picture.length / stride;
  const greys = new Float32Array(pixels);
  greys.fill(channels.reduce((sum, { luma, mean }) => sum + luma * mean, 0));
  for (const [c, { luma, std }] of channels.entries()) {
    const weight = luma * std;
    for (let i = 0, at = c; i < pixels; i++, at += stride) greys[i] = (greys[i] ?? 0) + weight * (picture[at] ?? 0);
  }
  return greys;
}
