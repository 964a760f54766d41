import type { Point } from '../../types.js';
import { around, longerSide } from './box.js';
import { fitScale, placeAxis } from './fit.js';
import { PEN, SIZE } from './mnist.js';
import { strayTaps } from './stray.js';

/**
 * Draws pen strokes as MNIST was made: fitted into 20 x 20 with a round pen of MNIST's width, centred by mass. A stroke
 * of one point is a dot; one far from all else is left out.
 *
 * @returns [28, 28], ink 1 on 0; undefined if there is no point.
 */
export function inkFromStrokes(strokes: readonly (readonly Point[])[]): Float32Array | undefined {
  const drawn = strokes.filter((stroke) => stroke.length > 0);
  if (drawn.length === 0) return undefined;
  const boxes = drawn.map((stroke) => around(stroke.map(([x, y]) => ({ left: x, top: y, right: x, bottom: y }))));
  const isStray = strayTaps(boxes);
  const meant = <T>(list: readonly T[]) => list.filter((_, i) => !isStray[i]);
  const box = around(meant(boxes));
  const { left, top, right, bottom } = box;
  const scale = fitScale(longerSide(box), 0);
  const fitted = meant(drawn).map((stroke) =>
    Float64Array.from(stroke.flatMap(([x, y]) => [(x - left) * scale, (y - top) * scale])),
  );
  const width = (right - left) * scale;
  const height = (bottom - top) * scale;
  // Drawn twice: in the middle to learn the centre of mass, then shifted by it.
  const first = draw(fitted, (SIZE - width) / 2, (SIZE - height) / 2);
  const [massX, massY] = centreOfMass(first);
  const x = placeAxis(massX - (SIZE - width) / 2, -PEN / 2, width + PEN / 2);
  const y = placeAxis(massY - (SIZE - height) / 2, -PEN / 2, height + PEN / 2);
  return draw(fitted, x, y);
}

/** Each pixel's coverage by a round pen that goes along polylines [n, 2]: from the distance to the nearest segment. */
function draw(polylines: Float64Array[], offsetX: number, offsetY: number): Float32Array {
  const image = new Float32Array(SIZE * SIZE); // [28, 28]
  const reach = PEN / 2 + 0.5;
  for (const points of polylines) {
    for (let i = 0; i < points.length; i += 2) {
      const j = Math.max(0, i - 2); // the first point alone makes a dot
      const ax = points[j] + offsetX;
      const ay = points[j + 1] + offsetY;
      const dx = points[i] - points[j];
      const dy = points[i + 1] - points[j + 1];
      const square = dx * dx + dy * dy;
      const fromX = Math.max(0, Math.floor(Math.min(ax, ax + dx) - reach));
      const toX = Math.min(SIZE, Math.ceil(Math.max(ax, ax + dx) + reach));
      const fromY = Math.max(0, Math.floor(Math.min(ay, ay + dy) - reach));
      const toY = Math.min(SIZE, Math.ceil(Math.max(ay, ay + dy) + reach));
      for (let y = fromY; y < toY; y++) {
        for (let x = fromX; x < toX; x++) {
          const px = x + 0.5 - ax;
          const py = y + 0.5 - ay;
          const along = square > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / square)) : 0;
          const coverage = Math.min(1, reach - Math.hypot(px - along * dx, py - along * dy));
          if (coverage > image[y * SIZE + x]) image[y * SIZE + x] = coverage;
        }
      }
    }
  }
  return image;
}

function centreOfMass(image: Float32Array): [x: number, y: number] {
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let y = 0, i = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, i++) {
      mass += image[i];
      massX += image[i] * (x + 0.5);
      massY += image[i] * (y + 0.5);
    }
  }
  return [massX / mass, massY / mass];
}
