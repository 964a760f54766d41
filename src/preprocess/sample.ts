import type { Box } from './ink/box.js';

/** A rectangle of a picture, in whole pixels. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** RGBA pixels with straight alpha, as in ImageData. */
export interface Picture {
  data: Uint8ClampedArray | Uint8Array;
  width: number;
  height: number;
}

/** Part of a picture on square cells of `cell` pixels; colours premultiplied by alpha, 0 to 255. */
export interface Plane {
  width: number;
  height: number;
  cell: number;
  /** Upper left corner of the first cell, in pixels of the picture. */
  x: number;
  y: number;
  colours: Float32Array; // [height, width, 4]
  /** All cells outside of this box have the colour `still`: most of a canvas that somebody drew on. */
  busy: Box;
  still: Float32Array; // [4]
}

/**
 * Reads a region on cells of `cell` pixels: averages for a whole number, interpolates for 1 / whole number. Colours are
 * premultiplied, so that transparent pixels weigh nothing whatever colour they hide.
 */
export function samplePlane(picture: Picture, region: Region, cell: number): Plane {
  return cell >= 1 ? average(picture, region, cell) : interpolate(average(picture, region, 1), Math.round(1 / cell));
}

function average({ data, width: stride }: Picture, region: Region, cell: number): Plane {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  const pixels = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2); // ABGR, little-endian
  const { x, y } = region;
  const width = Math.ceil(region.width / cell);
  const height = Math.ceil(region.height / cell);
  // What is like the first pixel is passed over: most of a canvas that somebody drew on.
  const first = pixels[y * stride + x];
  const alpha = first >>> 24;
  const [r1, g1, b1] = [(first & 255) * alpha, ((first >>> 8) & 255) * alpha, ((first >>> 16) & 255) * alpha];
  const still = Float32Array.of(r1 / 255, g1 / 255, b1 / 255, alpha);
  const colours = repeat(still, width * height);
  const busy = { left: width, top: height, right: 0, bottom: 0 };
  for (let row = 0; row < height; row++) {
    const top = y + row * cell;
    const bottom = Math.min(top + cell, y + region.height);
    let left = x + region.width;
    let right = x;
    for (let v = top; v < bottom; v++) {
      const from = v * stride;
      let u = x;
      while (u < left && pixels[from + u] === first) u++;
      left = u;
      u = x + region.width;
      while (u > right && pixels[from + u - 1] === first) u--;
      right = u;
    }
    if (left >= right) continue;
    const start = Math.floor((left - x) / cell);
    const end = Math.ceil((right - x) / cell);
    for (let column = start; column < end; column++) {
      const from = x + column * cell;
      const to = Math.min(from + cell, x + region.width);
      let r = 0;
      let g = 0;
      let b = 0;
      let a = 0;
      let same = 0;
      for (let v = top; v < bottom; v++) {
        for (let i = v * stride + from; i < v * stride + to; i++) {
          const pixel = pixels[i];
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
      const area = (bottom - top) * (to - from); // cells at the far edges hold fewer pixels
      if (same === area) continue;
      const scale = 1 / (255 * area);
      const at = (row * width + column) * 4;
      colours[at] = (r + same * r1) * scale;
      colours[at + 1] = (g + same * g1) * scale;
      colours[at + 2] = (b + same * b1) * scale;
      colours[at + 3] = (a + same * alpha) / area;
    }
    if (start < busy.left) busy.left = start;
    if (end > busy.right) busy.right = end;
    if (row < busy.top) busy.top = row;
    busy.bottom = row + 1;
  }
  if (busy.right === 0) busy.left = busy.top = 0;
  return { width, height, cell, x, y, colours, busy, still };
}

function repeat(colour: Float32Array, times: number): Float32Array {
  const colours = new Float32Array(times * 4);
  if (colour.every((channel) => channel === 0)) return colours;
  colours.set(colour);
  for (let done = 4; done < colours.length; done *= 2) colours.copyWithin(done, 0, done);
  return colours;
}

/** Each cell cut into `times` x `times` by bilinear interpolation, the border's colours going on outside. */
function interpolate(plane: Plane, times: number): Plane {
  const from = plane.colours;
  const width = plane.width * times;
  const height = plane.height * times;
  const busy = {
    left: Math.max(0, (plane.busy.left - 1) * times),
    top: Math.max(0, (plane.busy.top - 1) * times),
    right: Math.min(width, (plane.busy.right + 1) * times),
    bottom: Math.min(height, (plane.busy.bottom + 1) * times),
  };
  const colours = repeat(plane.still, width * height);
  for (let y = busy.top; y < busy.bottom; y++) {
    const v = clamp((y + 0.5) / times - 0.5, plane.height - 1);
    const row = Math.floor(v);
    const above = row * plane.width * 4;
    const below = Math.min(row + 1, plane.height - 1) * plane.width * 4;
    for (let x = busy.left, to = (y * width + x) * 4; x < busy.right; x++, to += 4) {
      const u = clamp((x + 0.5) / times - 0.5, plane.width - 1);
      const column = Math.floor(u);
      const left = column * 4;
      const right = Math.min(column + 1, plane.width - 1) * 4;
      for (let channel = 0; channel < 4; channel++) {
        const [a, b] = [from[above + left + channel], from[above + right + channel]];
        const [c, d] = [from[below + left + channel], from[below + right + channel]];
        const top = a + (b - a) * (u - column);
        const bottom = c + (d - c) * (u - column);
        colours[to + channel] = top + (bottom - top) * (v - row);
      }
    }
  }
  const { still } = plane;
  return { width, height, cell: plane.cell / times, x: plane.x, y: plane.y, colours, busy, still };
}

const clamp = (value: number, max: number) => Math.min(Math.max(value, 0), max);
