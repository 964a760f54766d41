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
}

/**
 * Reads a region on cells of `cell` pixels: averages for a whole number, interpolates for 1 / whole number. Colours are
 * premultiplied, so that transparent pixels weigh nothing whatever colour they hide.
 */
export function samplePlane(picture: Picture, region: Region, cell: number): Plane {
  return cell >= 1 ? average(picture, region, cell) : interpolate(average(picture, region, 1), Math.round(1 / cell));
}

function average({ data, width: stride }: Picture, region: Region, cell: number): Plane {
  const width = Math.ceil(region.width / cell);
  const height = Math.ceil(region.height / cell);
  const colours = new Float32Array(width * height * 4);
  for (let dy = 0; dy < region.height; dy++) {
    const row = Math.floor(dy / cell) * width * 4;
    let from = ((region.y + dy) * stride + region.x) * 4;
    for (let column = 0, dx = 0; column < width; column++) {
      let r = 0;
      let g = 0;
      let b = 0;
      let a = 0;
      for (const end = Math.min(dx + cell, region.width); dx < end; dx++, from += 4) {
        const alpha = data[from + 3];
        if (alpha === 0) continue;
        r += data[from] * alpha;
        g += data[from + 1] * alpha;
        b += data[from + 2] * alpha;
        a += alpha;
      }
      const to = row + column * 4;
      colours[to] += r;
      colours[to + 1] += g;
      colours[to + 2] += b;
      colours[to + 3] += a;
    }
  }
  for (let y = 0, i = 0; y < height; y++) {
    const rows = Math.min(cell, region.height - y * cell);
    for (let x = 0; x < width; x++, i += 4) {
      const pixels = rows * Math.min(cell, region.width - x * cell); // cells at the far edges hold fewer
      const scale = 1 / (255 * pixels);
      colours[i] *= scale;
      colours[i + 1] *= scale;
      colours[i + 2] *= scale;
      colours[i + 3] /= pixels;
    }
  }
  return { width, height, cell, x: region.x, y: region.y, colours };
}

/** Each cell cut into `times` x `times` by bilinear interpolation, the border's colours going on outside. */
function interpolate(plane: Plane, times: number): Plane {
  const from = plane.colours;
  const width = plane.width * times;
  const height = plane.height * times;
  const colours = new Float32Array(width * height * 4);
  for (let y = 0, to = 0; y < height; y++) {
    const v = clamp((y + 0.5) / times - 0.5, plane.height - 1);
    const row = Math.floor(v);
    const above = row * plane.width * 4;
    const below = Math.min(row + 1, plane.height - 1) * plane.width * 4;
    for (let x = 0; x < width; x++, to += 4) {
      const u = clamp((x + 0.5) / times - 0.5, plane.width - 1);
      const column = Math.floor(u);
      const left = column * 4;
      const right = Math.min(column + 1, plane.width - 1) * 4;
      const [a, b, c, d] = [above + left, above + right, below + left, below + right];
      for (let channel = 0; channel < 4; channel++) {
        const top = from[a + channel] + (from[b + channel] - from[a + channel]) * (u - column);
        const bottom = from[c + channel] + (from[d + channel] - from[c + channel]) * (u - column);
        colours[to + channel] = top + (bottom - top) * (v - row);
      }
    }
  }
  return { width, height, cell: plane.cell / times, x: plane.x, y: plane.y, colours };
}

const clamp = (value: number, max: number) => Math.min(Math.max(value, 0), max);
