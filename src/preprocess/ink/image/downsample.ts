import type { Picture, Region } from '../../picture.js';
import { emptyBox, growBox } from './box.js';
import type { Colour } from './colour.js';
import type { Plane } from './plane.js';
import { uniform } from './plane.js';

/**
 * Averages a region over square cells (a box filter); those at the far edges may hold fewer pixels. Colours are
 * premultiplied, so that transparent pixels weigh nothing whatever colour they hide.
 */
export function downsample(picture: Picture, region: Region, cell: number): Plane {
  const { x, y } = region;
  const [endX, endY] = [x + region.width, y + region.height];
  const width = Math.ceil(region.width / cell);
  const height = Math.ceil(region.height / cell);
  const pixels = pack(picture, region);
  const base = firstColour(pixels);
  const colours = uniform(base, width * height);
  const changed = emptyBox();
  for (let row = 0; row < height; row++) {
    const top = y + row * cell;
    const bottom = Math.min(top + cell, endY);
    const { left, right } = changedColumns(pixels, x, endX, top, bottom);
    if (left >= right) continue;
    const start = Math.floor((left - x) / cell);
    const end = Math.ceil((right - x) / cell);
    for (let column = start; column < end; column++) {
      const from = x + column * cell;
      average(pixels, from, Math.min(from + cell, endX), top, bottom, colours, (row * width + column) * 4);
    }
    growBox(changed, start, row, end, row + 1);
  }
  const none = { left: 0, top: 0, right: 0, bottom: 0 };
  return { width, height, cell, x, y, colours, changed: changed.right > 0 ? changed : none, base };
}

/** A picture's pixels as words: alpha in the uppermost byte, then blue, green and red. */
interface Pixels {
  words: Uint32Array;
  stride: number;
  /** Where the region's first pixel is. What is like it is passed over: most of a canvas that somebody drew on. */
  start: number;
}

function pack({ data, width }: Picture, { x, y }: Region): Pixels {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2); // WebAssembly is little-endian
  return { words, stride: width, start: y * width + x };
}

function firstColour({ words, start }: Pixels): Colour {
  const first = words[start] ?? 0;
  const alpha = first >>> 24;
  const premultiplied = (channel: number) => Math.fround(((channel & 255) * alpha) / 255);
  return [premultiplied(first), premultiplied(first >>> 8), premultiplied(first >>> 16), alpha];
}

/** The columns from the first pixel to the last that is unlike the region's first, in some rows. */
function changedColumns({ words, stride, start }: Pixels, x: number, endX: number, top: number, bottom: number) {
  const first = words[start];
  let left = endX;
  let right = x;
  for (let y = top; y < bottom; y++) {
    const from = y * stride;
    let column = x;
    while (column < left && words[from + column] === first) column++;
    left = column;
    column = endX;
    while (column > right && words[from + column - 1] === first) column--;
    right = column;
  }
  return { left, right };
}

/** Writes the mean colour of some pixels to `colours[to]`, unless all are like the region's first. */
function average(
  { words, stride, start }: Pixels,
  left: number,
  right: number,
  top: number,
  bottom: number,
  colours: Float32Array,
  to: number,
): void {
  const first = words[start] ?? 0;
  let r = 0;
  let g = 0;
  let b = 0;
  let a = 0;
  let same = 0;
  for (let y = top; y < bottom; y++) {
    for (let i = y * stride + left; i < y * stride + right; i++) {
      const pixel = words[i] ?? 0;
      if (pixel === first) {
        same++;
        continue;
      }
      const opacity = pixel >>> 24;
      r += (pixel & 255) * opacity;
      g += ((pixel >>> 8) & 255) * opacity;
      b += ((pixel >>> 16) & 255) * opacity;
      a += opacity;
    }
  }
  const area = (bottom - top) * (right - left);
  if (same === area) return;
  const alpha = first >>> 24;
  const scale = 1 / (255 * area);
  colours[to] = (r + same * (first & 255) * alpha) * scale;
  colours[to + 1] = (g + same * ((first >>> 8) & 255) * alpha) * scale;
  colours[to + 2] = (b + same * ((first >>> 16) & 255) * alpha) * scale;
  colours[to + 3] = (a + same * alpha) / area;
}
