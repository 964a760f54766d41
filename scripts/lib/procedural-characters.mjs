// Characters of scripts that do not exist, made at random, and drawings of each as people would make them: what features
// for symbols learn from, and letters that no network has seen. A character is one to four strokes, each a program for a
// hand: lines, curves and arcs that begin on a coarse grid or on what is there already, as letters' strokes do. A drawing
// carries the programs out anew: displaced, slanted, stretched, hurried.

import { normal, random } from '#internals';
import { boxOf } from './numbers.mjs';
import { smooth } from './writing.mjs';

/**
 * @import { Point } from './writing.mjs'
 *
 * @typedef {object} Stroke
 * @property {Point[]} points that the hand aims at
 * @property {boolean} round goes through them in a curve
 */

/** Shares of strokes' numbers, of one to four. */
const STROKES = [0.22, 0.35, 0.28, 0.15];
/** How many points a second's hurry leaves out of a stroke at most, of each that is kept. */
const MOST_LEFT_OUT = 4;

/**
 * A character: always the same for the same number.
 *
 * @param {number} number
 * @returns {Stroke[]}
 */
export function character(number) {
  const next = random(1_000_003 * (number + 1));
  let [count, chance] = [0, next()];
  while (count < STROKES.length - 1 && chance > STROKES[count]) chance -= STROKES[count++];
  /** @type {Stroke[]} */
  const strokes = [];
  while (strokes.length <= count) strokes.push(stroke(strokes, next));
  return isPlain(strokes) ? character(number + 0.5) : strokes;
}

/**
 * One drawing of a character.
 *
 * @param {Stroke[]} strokes
 * @param {() => number} next uniform numbers in [0, 1)
 * @returns {Point[][]}
 */
export function drawing(strokes, next) {
  const care = 0.5 + next(); // of one drawing, not of one stroke
  const hurry = next() ** 2;
  const place = affine(next);
  const lines = strokes.map(({ points, round }) => {
    const [dx, dy, size] = [0.035 * care * normal(next), 0.035 * care * normal(next), 1 + 0.12 * care * normal(next)];
    const [middleX, middleY] = middle(points);
    const aimed = points.map(
      ([x, y]) =>
        /** @type {Point} */ ([
          middleX + dx + size * (x - middleX) + 0.042 * care * normal(next),
          middleY + dy + size * (y - middleY) + 0.042 * care * normal(next),
        ]),
    );
    const path = hooked(round ? smooth(aimed) : dense(aimed), next);
    return thinned(shaken(rounded(path, round ? 0 : hurry, next), next), next);
  });
  return (next() < 0.12 ? joined(lines, next) : lines).map((line) => line.map(place));
}

/**
 * People's strokes as others might have drawn them: turned, slanted, stretched, shaken, with fewer points.
 *
 * @param {Point[][]} strokes
 * @param {() => number} next
 */
export function redrawn(strokes, next) {
  const { left, top, right, bottom } = boxOf(strokes);
  const size = Math.max(right - left, bottom - top) || 1;
  const place = affine(next);
  return strokes.map((line) => {
    const inBox = line.map(([x, y]) => /** @type {Point} */ ([(x - left) / size, (y - top) / size]));
    return thinned(hooked(inBox, next), next).map(place);
  });
}

/** @param {Stroke[]} before @param {() => number} next @returns {Stroke} */
function stroke(before, next) {
  const anchor = () => {
    const all = before.flatMap(({ points }) => points);
    return all.length > 0 && next() < 0.45 ? all[Math.floor(next() * all.length)] : onGrid(next);
  };
  const kind = next();
  if (kind < 0.42) return { points: apart(2 + Math.floor(2.2 * next() ** 2), anchor, next), round: false };
  if (kind < 0.72) return { points: apart(3 + Math.floor(3 * next()), anchor, next), round: true };
  if (kind < 0.95) return { points: arc(anchor(), next), round: true };
  const [x, y] = onGrid(next); // a dot, or a dash
  return { points: [[x, y], [x + 0.1 * next(), y + 0.1 * next()]], round: false }; // prettier-ignore
}

/** @param {() => number} next @returns {Point} */
const onGrid = (next) => [
  Math.floor(3 * next()) / 2 + 0.12 * (next() - 0.5),
  Math.floor(3 * next()) / 2 + 0.12 * (next() - 0.5),
];

/** Points, each well away from the one before. @param {number} count @param {() => Point} anchor @param {() => number} next */
function apart(count, anchor, next) {
  const points = [anchor()];
  while (points.length < count) {
    const [x, y] = points[points.length - 1];
    const to = points.length === count - 1 ? anchor() : onGrid(next);
    if (Math.hypot(to[0] - x, to[1] - y) > 0.3) points.push(to);
  }
  return points;
}

/** A part of an ellipse, whole ones and spirals among them. @param {Point} from @param {() => number} next */
function arc([x, y], next) {
  const [width, height] = [0.12 + 0.4 * next(), 0.12 + 0.4 * next()];
  const start = 2 * Math.PI * next();
  const sweep = (next() < 0.5 ? 1 : -1) * (next() < 0.35 ? 2 * Math.PI : Math.PI * (0.6 + 1.6 * next()));
  const shrinks = next() < 0.15 ? 0.5 : 0;
  const count = Math.max(4, Math.ceil(Math.abs(sweep)) + 2);
  const [middleX, middleY] = [x - width * Math.cos(start), y - height * Math.sin(start)];
  return Array.from({ length: count }, (_, i) => {
    const [angle, reach] = [start + (sweep * i) / (count - 1), 1 - (shrinks * i) / count];
    return /** @type {Point} */ ([
      middleX + reach * width * Math.cos(angle),
      middleY + reach * height * Math.sin(angle),
    ]);
  });
}

/** Turned, slanted, stretched. @param {() => number} next @returns {(point: Point) => Point} */
function affine(next) {
  const turn = 0.13 * normal(next);
  const slant = 0.18 * normal(next);
  const aspect = Math.exp(0.2 * normal(next));
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return ([x, y]) => {
    const [u, v] = [(x - 0.5) * aspect - slant * (y - 0.5), y - 0.5];
    return [u * cos - v * sin, u * sin + v * cos];
  };
}

/** Straight lines as points that lie close together. @param {Point[]} points */
function dense(points) {
  return points.flatMap(([x, y], i) => {
    const [toX, toY] = points[i + 1] ?? [x, y];
    const steps = i + 1 < points.length ? 8 : 1;
    return Array.from(
      { length: steps },
      (_, k) => /** @type {Point} */ ([x + ((toX - x) * k) / steps, y + ((toY - y) * k) / steps]),
    );
  });
}

/** Corners cut, the more the faster the hand; its lines bow. @param {Point[]} path @param {number} hurry @param {() => number} next */
function rounded(path, hurry, next) {
  const last = path.length - 1;
  const [first, end] = [path[0], path[last]];
  const bow = 0.05 * normal(next);
  let line = path.map(([x, y], i) => {
    const reach = bow * Math.sin((Math.PI * i) / Math.max(1, last));
    return /** @type {Point} */ ([x + reach * (end[1] - first[1]), y - reach * (end[0] - first[0])]);
  });
  for (let round = Math.round(6 * hurry); round > 0; round--)
    line = line.map(([x, y], i) => {
      const [before, after] = [line[Math.max(0, i - 1)], line[Math.min(last, i + 1)]];
      return i === 0 || i === last ? [x, y] : [(before[0] + x + after[0]) / 3, (before[1] + y + after[1]) / 3];
    });
  return line;
}

/** A slow tremor. @param {Point[]} path @param {() => number} next */
function shaken(path, next) {
  const strength = 0.012 * next();
  let [dx, dy] = [0, 0];
  return path.map(([x, y]) => {
    dx = 0.8 * dx + strength * normal(next);
    dy = 0.8 * dy + strength * normal(next);
    return /** @type {Point} */ ([x + dx, y + dy]);
  });
}

/** Now and then the pen lands early or leaves late. @param {Point[]} path @param {() => number} next @returns {Point[]} */
function hooked(path, next) {
  const hook = (/** @type {Point} */ [x, y]) =>
    /** @type {Point} */ ([x + 0.06 * normal(next), y + 0.06 * normal(next)]);
  return [...(next() < 0.12 ? [hook(path[0])] : []), ...path, ...(next() < 0.15 ? [hook(path[path.length - 1])] : [])];
}

/** As a slow device or a fast hand leaves it: fewer points. @param {Point[]} path @param {() => number} next */
function thinned(path, next) {
  const every = next() < 0.5 ? 1 : 1 + Math.floor(MOST_LEFT_OUT * next());
  return path.filter((_, i) => i % every === 0 || i === path.length - 1);
}

/** Two strokes in one, the pen not lifted. @param {Point[][]} lines @param {() => number} next */
function joined(lines, next) {
  const at = Math.floor(next() * (lines.length - 1));
  return lines.length < 2 ? lines : lines.toSpliced(at, 2, [...lines[at], ...lines[at + 1]]);
}

/** @param {Point[]} points @returns {Point} */
function middle(points) {
  const sum = points.reduce(([a, b], [x, y]) => [a + x, b + y], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}

/** Nothing but a line, which turned a little is another line; or hardly anything. @param {Stroke[]} strokes */
function isPlain(strokes) {
  const long = strokes.map(({ points }) =>
    points.slice(1).map(([x, y], i) => Math.hypot(x - points[i][0], y - points[i][1])),
  );
  return long.flat().length < 2 || long.flat().reduce((sum, each) => sum + each) < 0.9;
}
