import { placeAxis } from './fit.js';
import type { Grid } from './grid.js';
import { boundingBox, centreOfMass } from './grid.js';
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
  const across = Array.from({ length: box.right - box.left }, (_, n) => divide(startX + (box.left + n) * scale, scale));
  const add = (pixel: number, amount: number): void => {
    if (amount > 0) image[pixel] = (image[pixel] ?? 0) + amount;
  };
  for (let y = box.top; y < box.bottom; y++) {
    const down = divide(startY + y * scale, scale);
    const row = y * coverage.width + box.left;
    across.forEach((right, n) => {
      const value = coverage.cells[row + n] ?? 0;
      if (value === 0) return;
      const pixel = down.first * SIZE + right.first;
      add(pixel, value * down.here * right.here);
      add(pixel + 1, value * down.here * right.next);
      add(pixel + SIZE, value * down.next * right.here);
      add(pixel + SIZE + 1, value * down.next * right.next);
    });
  }
  return image.map((value) => Math.min(1, value));
}

/** How an interval no longer than a pixel divides between the pixel it begins in and the next; nothing outside. */
function divide(from: number, length: number): { first: number; here: number; next: number } {
  const first = Math.floor(from);
  const next = Math.max(0, from + length - first - 1);
  const inside = (pixel: number) => pixel >= 0 && pixel < SIZE;
  return { first, here: inside(first) ? length - next : 0, next: inside(first + 1) ? next : 0 };
}
