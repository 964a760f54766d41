// What is on a sheet below or beside the character, in heights of it.

/** @import { Colour, Layer } from './photograph.mjs' */

/** How far a point inside of an edge is covered, where edges are so soft. @param {number} inside @param {number} soft */
const soften = (inside, soft) => Math.min(1, Math.max(0, inside / soft + 0.5));

/** Parallel lines, every `spacing` from `phase` on. @param {Colour} colour @param {{ spacing: number, phase: number, line: number, upright?: boolean }} where @returns {Layer} */
export function ruled(colour, { spacing, phase, line, upright = false }) {
  const cover = (/** @type {number} */ x, /** @type {number} */ y) => {
    const at = ((upright ? x : y) - phase) / spacing;
    return soften(line / 2 - Math.abs(at - Math.round(at)) * spacing, 0.01);
  };
  return { colour, cover };
}

/** One line from point to point, which may be bent. @param {Colour} colour @param {number[]} from @param {number[]} to @param {number} line @param {(along: number) => number} [bend] @returns {Layer} */
export function stroke(colour, from, to, line, bend = () => 0) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  const cover = (/** @type {number} */ x, /** @type {number} */ y) => {
    const along = ((x - from[0]) * dx + (y - from[1]) * dy) / length;
    const across = ((y - from[1]) * dx - (x - from[0]) * dy) / length - bend(along / length);
    const beyond = Math.max(0, -along, along - length);
    return soften(line / 2 - Math.hypot(across, beyond), 0.01);
  };
  return { colour, cover };
}

/** The outline of a box. @param {Colour} colour @param {{ left: number, top: number, right: number, bottom: number, line: number }} box @returns {Layer} */
export function box(colour, { left, top, right, bottom, line }) {
  const cover = (/** @type {number} */ x, /** @type {number} */ y) => {
    const inside = Math.min(x - left, y - top, right - x, bottom - y);
    return soften(line / 2 - Math.abs(inside), 0.01);
  };
  return { colour, cover };
}

/** A row of cells of a form: a base line and a tick between every two, as high as `tick`. @param {Colour} colour @param {{ left: number, bottom: number, cell: number, cells: number, tick: number, line: number }} comb @returns {Layer} */
export function comb(colour, { left, bottom, cell, cells, tick, line }) {
  const right = left + cell * cells;
  const parts = [stroke(colour, [left, bottom], [right, bottom], line)];
  for (let i = 0; i <= cells; i++)
    parts.push(stroke(colour, [left + i * cell, bottom - tick], [left + i * cell, bottom], line));
  return { colour, cover: (x, y) => Math.max(...parts.map(({ cover }) => cover(x, y))) };
}

/** What a wet cup leaves. @param {Colour} colour @param {{ x: number, y: number, radius: number, line: number, wobble: (angle: number) => number }} ring @returns {Layer} */
export function ring(colour, { x, y, radius, line, wobble }) {
  const cover = (/** @type {number} */ u, /** @type {number} */ v) => {
    const away = Math.hypot(u - x, v - y) - radius;
    const thick = line * (1 + 0.6 * wobble(Math.atan2(v - y, u - x)));
    return soften(thick / 2 - Math.abs(away), 0.03) + (away < 0 ? 0.12 : 0);
  };
  return { colour, cover: (u, v) => Math.min(1, cover(u, v)) };
}

/** A spot with a soft edge. @param {Colour} colour @param {{ x: number, y: number, radius: number, wobble: (angle: number) => number }} spot @returns {Layer} */
export function spot(colour, { x, y, radius, wobble }) {
  const cover = (/** @type {number} */ u, /** @type {number} */ v) =>
    soften(radius * (1 + 0.2 * wobble(Math.atan2(v - y, u - x))) - Math.hypot(u - x, v - y), 0.05);
  return { colour, cover };
}
