import { BOX, CENTRE, PEN, SIZE } from './mnist.js';

/**
 * Pixels per unit that fit a drawing into MNIST's box: `extent` is the longer side of what the middle of the pen went
 * along, `pen` the pen's width (0 if unknown), both in the drawing's units. A pen wider than its way leaves a dot, which
 * is not blown up to fill the box but drawn as a dot of the usual pen; in between it grows steadily.
 */
export function fitScale(extent: number, pen: number): number {
  const fill = extent > 0 ? (BOX - PEN) / extent : Infinity;
  const dot = pen > extent ? PEN / (pen - extent) : Infinity;
  const scale = Math.min(fill, dot);
  return Number.isFinite(scale) ? scale : 1;
}

/** Where an axis begins in the image if its centre of mass comes to the middle, kept inside as far as it fits. */
export function placeAxis(mass: number, from: number, to: number): number {
  const start = CENTRE - mass;
  return Math.min(Math.max(start, -from), Math.max(SIZE - to, -from));
}

/**
 * Area-averages coverage on a grid onto a 28 x 28 image, `scale` (at most 1) pixels per cell, the centre of mass in the
 * middle.
 */
export function renderCoverage(coverage: Float32Array, width: number, height: number, scale: number): Float32Array {
  let mass = 0;
  let massX = 0;
  let massY = 0;
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const value = coverage[i];
      if (value === 0) continue;
      mass += value;
      massX += value * (x + 0.5);
      massY += value * (y + 0.5);
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      bottom = y + 1;
    }
  }
  const startX = placeAxis((massX / mass) * scale, left * scale, right * scale);
  const startY = placeAxis((massY / mass) * scale, top * scale, bottom * scale);
  const across = Array.from({ length: width }, (_, x) => share(startX + x * scale, scale));
  const image = new Float32Array(SIZE * SIZE); // [28, 28]
  for (let y = top; y < bottom; y++) {
    const down = share(startY + y * scale, scale);
    for (let x = left; x < right; x++) {
      const value = coverage[y * width + x];
      if (value === 0) continue;
      const pixel = down.first * SIZE + across[x].first;
      image[pixel] += value * down.here * across[x].here;
      if (across[x].next > 0) image[pixel + 1] += value * down.here * across[x].next;
      if (down.next > 0) image[pixel + SIZE] += value * down.next * across[x].here;
      if (across[x].next > 0 && down.next > 0) image[pixel + SIZE + 1] += value * down.next * across[x].next;
    }
  }
  return image.map((value) => Math.min(1, value));
}

/** How an interval no longer than a pixel divides between the pixel it begins in and the next; nothing outside. */
function share(from: number, length: number): { first: number; here: number; next: number } {
  const first = Math.floor(from);
  const next = Math.max(0, from + length - first - 1);
  const inside = (pixel: number) => pixel >= 0 && pixel < SIZE;
  return { first, here: inside(first) ? length - next : 0, next: inside(first + 1) ? next : 0 };
}
