// Ink that is no digit, made at random: what an out-of-distribution detector learns to refuse.

import { inkFromStrokes as draw } from '#internals';

const SIZE = 28;

/**
 * One random picture of [28, 28] that shows no digit: a scribble, a zigzag, a polyline, a textured shape or silhouette,
 * or quarters of four digits put together.
 *
 * @param {() => number} next uniform numbers in [0, 1)
 * @param {() => Float32Array} digit a random digit, values 0 to 1
 * @returns {Float32Array} values 0 to 1
 */
export function unfamiliar(next, digit) {
  const kinds = [
    () => draw(scribble(next)),
    () => draw(scribble(next)),
    () => draw(zigzag(next)),
    () => draw(polyline(next)),
    () => draw(glyph(next)),
    () => shape(next),
    () => silhouette(next),
    () => silhouette(next),
    () => quarters(next, digit),
  ];
  return kinds[Math.floor(next() * kinds.length)]() ?? unfamiliar(next, digit);
}

/** One to three strokes that wander with a changing curvature. @param {() => number} next */
export function scribble(next) {
  return Array.from({ length: 1 + Math.floor(next() * 3) }, () => {
    let [x, y, angle, turn] = [next(), next(), 2 * Math.PI * next(), next() - 0.5];
    const wild = 0.4 + next();
    const points = [[x, y]];
    const length = 25 + Math.floor(next() * 65);
    for (let i = 0; i < length; i++) {
      turn = 0.85 * turn + wild * (next() - 0.5);
      angle += 0.6 * turn;
      if (x < 0 || x > 1) angle = x < 0 === Math.cos(angle) < 0 ? Math.PI - angle : angle; // back into the square
      if (y < 0 || y > 1) angle = y < 0 === Math.sin(angle) < 0 ? -angle : angle;
      points.push([(x += 0.05 * Math.cos(angle)), (y += 0.05 * Math.sin(angle))]);
    }
    return points;
  });
}

/** To and fro, across or down. @param {() => number} next */
export function zigzag(next) {
  const turns = 5 + Math.floor(next() * 8);
  const down = next() < 0.5;
  const points = Array.from({ length: turns }, (_, i) => {
    const [along, across] = [(i + 0.4 * next()) / turns, 0.8 * (i % 2) + 0.2 * next()];
    return down ? [across, along] : [along, across];
  });
  return [points];
}

/** Straight lines between random points. @param {() => number} next */
export function polyline(next) {
  return [Array.from({ length: 4 + Math.floor(next() * 8) }, () => [next(), next()])];
}

/** Three to six short strokes on a coarse grid, as in characters of unknown scripts. @param {() => number} next */
export function glyph(next) {
  const point = () => [Math.floor(next() * 3) / 2 + 0.1 * next(), Math.floor(next() * 3) / 2 + 0.1 * next()];
  return Array.from({ length: 3 + Math.floor(next() * 4) }, () => [point(), point()]);
}

/** One to three filled ellipses or boxes with a texture, greys as they come. @param {() => number} next */
export function shape(next) {
  const image = new Float32Array(SIZE * SIZE);
  const [base, depth, fx, fy] = [0.3 + 0.7 * next(), 0.5 * next(), 0.5 + 2.5 * next(), 0.5 + 2.5 * next()];
  const parts = Array.from({ length: 1 + Math.floor(next() * 3) }, () => ({
    box: next() < 0.5,
    x: 13.5 + 8 * (next() - 0.5),
    y: 13.5 + 8 * (next() - 0.5),
    width: 3 + 10 * next(),
    height: 3 + 10 * next(),
    tilt: 0.8 * (next() - 0.5),
  }));
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const inside = parts.some((part) => {
        const v = (y - part.y) / part.height;
        const u = (x - part.x - part.tilt * (y - part.y)) / part.width;
        return part.box ? Math.abs(u) < 1 && Math.abs(v) < 1 : u * u + v * v < 1;
      });
      const value = base + depth * Math.sin(fx * x) * Math.sin(fy * y) + 0.15 * (next() - 0.5);
      if (inside) image[y * SIZE + x] = Math.min(1, Math.max(0, value));
    }
  return image;
}

/** A filled figure, its two halves alike, such as clothes, vessels and faces have. @param {() => number} next */
export function silhouette(next) {
  const image = new Float32Array(SIZE * SIZE);
  const lying = next() < 0.3;
  const [top, bottom] = [Math.floor(5 * next()), SIZE - Math.floor(5 * next())];
  const [base, depth, stripes, grain] = [0.2 + 0.8 * next(), 0.4 * next(), 0.3 + 2 * next(), 0.3 * next()];
  const parting = next() < 0.3 ? top + (bottom - top) * (0.2 + 0.5 * next()) : SIZE; // two legs from here on
  let [width, change] = [3 + 9 * next(), 0];
  for (let y = top; y < bottom; y++) {
    change = 0.7 * change + 1.6 * (next() - 0.5);
    if (next() < 0.08) change += 8 * (next() - 0.5); // a sleeve, a brim
    width = Math.min(13, Math.max(1.5, width + change));
    for (let x = 0; x < SIZE; x++) {
      const away = Math.abs(x - 13.5);
      if (away > width || (y > parting && away < 0.25 * width)) continue;
      const value = base + depth * Math.sin(stripes * y) + grain * (next() - 0.5);
      image[lying ? x * SIZE + y : y * SIZE + x] = Math.min(1, Math.max(0, value));
    }
  }
  return image;
}

/** @param {() => number} next @param {() => Float32Array} digit */
function quarters(next, digit) {
  const image = new Float32Array(SIZE * SIZE);
  const four = [digit(), digit(), digit(), digit()];
  const flip = next() < 0.5 ? SIZE / 2 : 0; // halves changed places: no loop closes
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const from = four[(y < SIZE / 2 ? 0 : 2) + (x < SIZE / 2 ? 0 : 1)];
      image[y * SIZE + x] = from[((y + flip) % SIZE) * SIZE + ((x + flip) % SIZE)];
    }
  return image;
}
