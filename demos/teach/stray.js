/** @import { InkStroke } from 'handful/elements' */

/** A drawing is at least so large, in units of the pad's side. */
const SMALL = 0.08;
/** Where a finger comes in over the pad's edge, or leaves by it. */
const EDGE = 0.01;
/** Digits that are one straight stroke. */
const STRAIGHT = ['1'];

/**
 * Whether ink is a tap by mistake, or a swipe that meant to scroll: a straight stroke of a finger, up or down or over the
 * edge, where none was asked for.
 * @param {InkStroke[]} strokes
 * @param {{ tool: string | undefined, label: string | undefined, others: InkStroke[][] }} about `others` are drawings of the same label.
 */
export function isStray(strokes, { tool, label = '', others }) {
  if (extent(strokes.flat()) < SMALL) return !others.some((other) => extent(other.flat()) < SMALL);
  if (tool !== 'touch' || strokes.length > 1 || !isStraight(strokes[0])) return false;
  if (crossesEdge(strokes[0])) return true;
  const isUsual = STRAIGHT.includes(label) || others.some((other) => other.length === 1 && isStraight(other[0]));
  return !isUsual && isUpright(strokes[0]);
}

/** @param {InkStroke} points */
function extent(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
}

/** @param {InkStroke} stroke */
function ends(stroke) {
  return [stroke[0], stroke[stroke.length - 1]];
}

/** @param {InkStroke} stroke */
function isStraight(stroke) {
  const [[x0, y0], [x1, y1]] = ends(stroke);
  const way = stroke.reduce((sum, [x, y], i) => sum + (i && Math.hypot(x - stroke[i - 1][0], y - stroke[i - 1][1])), 0);
  return way < 1.15 * Math.hypot(x1 - x0, y1 - y0);
}

/** @param {InkStroke} stroke */
function isUpright(stroke) {
  const [[x0, y0], [x1, y1]] = ends(stroke);
  return Math.abs(y1 - y0) > 1.5 * Math.abs(x1 - x0);
}

/** @param {InkStroke} stroke */
function crossesEdge(stroke) {
  return ends(stroke).some((point) => point.slice(0, 2).some((value) => value <= EDGE || value >= 1 - EDGE));
}
