import type { Point } from '../../types.js';
import type { Box } from './image/box.js';
import { around, emptyBox, growBox, longerSide } from './image/box.js';
import { fitScale, placeAxis } from './render/fit.js';
import { centreOfMass } from './image/grid.js';
import { PEN, SIZE } from './render/mnist.js';
import { strayTaps } from './find/stray-taps.js';

/** What is farther than something by the squares, which are quick, is so by `Math.hypot` too, beyond all rounding. */
const SURELY = 1 + 1e-9;

type Polyline = readonly (readonly [x: number, y: number])[];

/**
 * Draws pen strokes as MNIST was made: fitted into 20 x 20 with a round pen of MNIST's width, centred by mass. A stroke
 * of one point is a dot; one far from all else is left out.
 *
 * @returns [28, 28], ink 1 on 0; undefined if there is no point.
 */
export function inkFromStrokes(strokes: readonly (readonly Point[])[]): Float32Array | undefined {
  const drawn = strokes
    .filter((stroke) => stroke.length > 0)
    .map((stroke) => stroke.map(([x = 0, y = 0]) => [x, y] as const))
    .map((line) => ({ line, box: boxOf(line) }));
  if (drawn.length === 0) return undefined;
  const isStray = strayTaps(drawn.map(({ box }) => box));
  const meant = drawn.filter((_, i) => !isStray[i]);
  const box = around(meant.map(({ box }) => box));
  const scale = fitScale(longerSide(box), 0);
  const polylines = meant.map(({ line }) =>
    line.map(([x, y]) => [(x - box.left) * scale, (y - box.top) * scale] as const),
  );
  const width = (box.right - box.left) * scale;
  const height = (box.bottom - box.top) * scale;
  // Drawn twice: in the middle to learn the centre of mass, then shifted by it.
  const first = draw(polylines, (SIZE - width) / 2, (SIZE - height) / 2);
  const [massX, massY] = centreOfMass({ width: SIZE, height: SIZE, cells: first });
  const x = placeAxis(massX - (SIZE - width) / 2, -PEN / 2, width + PEN / 2);
  const y = placeAxis(massY - (SIZE - height) / 2, -PEN / 2, height + PEN / 2);
  return draw(polylines, x, y);
}

function boxOf(line: Polyline): Box {
  const box = emptyBox();
  for (const [x, y] of line) growBox(box, x, y, x, y);
  return box;
}

/** Each pixel's coverage by a round pen that goes along polylines. */
function draw(polylines: readonly Polyline[], offsetX: number, offsetY: number): Float32Array {
  const image = new Float32Array(SIZE * SIZE); // [28, 28]
  for (const points of polylines) {
    let last = points[0]; // the first point alone makes a dot
    for (const point of points) {
      if (last) drawSegment(image, last[0] + offsetX, last[1] + offsetY, point[0] - last[0], point[1] - last[1]);
      last = point;
    }
  }
  return image;
}

/** From the distance to the segment that goes by (dx, dy) from a point. */
function drawSegment(image: Float32Array, fromX: number, fromY: number, dx: number, dy: number): void {
  const reach = PEN / 2 + 0.5;
  const square = dx * dx + dy * dy;
  const left = Math.max(0, Math.floor(Math.min(fromX, fromX + dx) - reach));
  const right = Math.min(SIZE, Math.ceil(Math.max(fromX, fromX + dx) + reach));
  const top = Math.max(0, Math.floor(Math.min(fromY, fromY + dy) - reach));
  const bottom = Math.min(SIZE, Math.ceil(Math.max(fromY, fromY + dy) + reach));
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const pixel = y * SIZE + x;
      const covered = image[pixel] ?? 0;
      if (covered === 1) continue;
      const px = x + 0.5 - fromX;
      const py = y + 0.5 - fromY;
      const along = square > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / square)) : 0;
      const restX = px - along * dx;
      const restY = py - along * dy;
      if (restX * restX + restY * restY > (reach - covered) ** 2 * SURELY) continue;
      const coverage = Math.min(1, reach - Math.hypot(restX, restY));
      if (coverage > covered) image[pixel] = coverage;
    }
  }
}
