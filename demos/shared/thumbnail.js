import { make } from './dom.js';

// Pen strokes as small pictures. Points are in units of the pad's side, so a drawing fits any size.

/** @import { InkPoint } from 'handful/elements' */

const SVG = 'http://www.w3.org/2000/svg';

/** Width of the pen, in units of the pad's side. */
const PEN = 0.05;

/**
 * Strokes as the data of an SVG path, smoothed through the middles between points.
 * @param {InkPoint[][]} strokes
 */
function pathOf(strokes) {
  return strokes.map(strokePath).join('');
}

/** @param {InkPoint[]} points */
function strokePath(points) {
  const [x, y] = points[0];
  if (points.length === 1) return `M${x} ${y}h.0001`; // round caps make it a dot
  let path = `M${x} ${y}`;
  for (let i = 1; i < points.length - 1; i++) {
    const [ax, ay] = points[i];
    const [bx, by] = points[i + 1];
    path += `Q${ax} ${ay} ${round((ax + bx) / 2)} ${round((ay + by) / 2)}`;
  }
  const [lastX, lastY] = points[points.length - 1];
  return `${path}L${lastX} ${lastY}`;
}

/** Four decimals: finer than any screen, and short when stored. @param {number} value */
function round(value) {
  return Math.round(value * 1e4) / 1e4;
}

/** A small picture of an example; ink takes the text's colour. @param {{ strokes: InkPoint[][], picture?: string }} example */
export function thumbnail({ strokes, picture }) {
  if (picture) return make('img', { src: picture, alt: '' });
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 1 1');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('strokes');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', pathOf(strokes));
  path.setAttribute('stroke-width', String(PEN * 1.3));
  svg.append(path);
  return svg;
}
