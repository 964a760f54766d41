import { placeAxis } from './fit.js';
import type { Grid } from '../image/grid.js';
import { boundingBox, centreOfMass } from '../image/grid.js';
import { SIZE } from './mnist.js';

/**
 * Area-averages coverage, 0 to 1, onto a 28 x 28 image, `scale` (at most 1) pixels per cell, the centre of mass in the
 * middle.
 */
export function renderCoverage(coverage: Grid, scale: number): Float32Array {
  const image = new Float32Array(SIZE * SIZE); // [28, 28]
  const box = boundingBox(coverage);
  if (!box) return image;
  const [massX, massY] = centreOfMass(coverage);
  const startX = placeAxis(massX * scale, box.left * scale, box.right * scale);
  const startY = placeAxis(massY * scale, box.top * scale, box.bottom * scale);
  const { width, cells } = coverage;
  const columns = Array.from({ length: width }, (_, x) => divide(startX + x * scale, scale));
  for (let y = box.top; y < box.bottom; y++) {
    const down = divide(startY + y * scale, scale);
    for (let x = box.left, i = y * width + x; x < box.right; x++, i++) {
      const value = cells[i] ?? 0;
      const across = columns[x];
      if (value === 0 || !across) continue;
      const pixel = down.first * SIZE + across.first;
      addAcross(image, pixel, value * down.here, across);
      if (down.next > 0) addAcross(image, pixel + SIZE, value * down.next, across);
    }
  }
  for (let i = 0; i < image.length; i++) if ((image[i] ?? 0) > 1) image[i] = 1;
  return image;
}

/** How an interval divides between the pixel it begins in and the next. */
interface Division {
  first: number;
  here: number;
  next: number;
}

/** Of an interval no longer than a pixel; nothing outside of the image. */
function divide(from: number, length: number): Division {
  const first = Math.floor(from);
  const next = Math.max(0, from + length - first - 1);
  const inside = (pixel: number) => pixel >= 0 && pixel < SIZE;
  return { first, here: inside(first) ? length - next : 0, next: inside(first + 1) ? next : 0 };
}

function addAcross(image: Float32Array, pixel: number, amount: number, { here, next }: Division): void {
  image[pixel] = (image[pixel] ?? 0) + amount * here;
  if (next > 0) image[pixel + 1] = (image[pixel + 1] ?? 0) + amount * next;
}
