// Photographs of one character on a sheet of paper, made at random: the sheet with what is printed and written on it, the
// light that falls on it, and the camera.

import { normal } from '#internals';
import { compress } from './jpeg.mjs';

/**
 * @import { Coverage } from './ink.mjs'
 *
 * @typedef {[red: number, green: number, blue: number]} Colour what is reflected, 0 to 1
 *
 * @typedef {object} Layer something that darkens a sheet
 * @property {Colour} colour
 * @property {(x: number, y: number) => number} cover 0 to 1, at a point of the sheet; in heights of the character, from its middle
 *
 * @typedef {object} Scene
 * @property {number} width of the picture, pixels
 * @property {number} height
 * @property {number} size of a character, pixels
 * @property {number} wide how wide all of them are, in heights of one
 * @property {[number, number]} place of its middle, pixels
 * @property {Coverage} ink
 * @property {Colour} colour of the ink
 * @property {Colour} paper
 * @property {number} [grain] of the paper's texture, 0 to 1
 * @property {Layer[]} [layers] printed and spilt below the ink
 * @property {{ width: number, height: number, colour: Colour, wood: number }} [table] shows around a sheet of this size (heights of the character)
 * @property {number} [turn] of the sheet, radians
 * @property {[number, number]} [tilt] of the sheet from left to right and from top to bottom, radians
 * @property {((x: number, y: number) => number)[]} [light] factors, at a place from 0 to 1 across the picture
 * @property {number} [blur] standard deviation, pixels
 * @property {number} [noise] standard deviation, of 255
 * @property {number} [jpeg] quality
 */

/**
 * @param {Scene} scene
 * @param {() => number} next uniform numbers in [0, 1)
 * @returns {{ data: Uint8ClampedArray, width: number, height: number }}
 */
export function photograph(scene, next) {
  const { width, height, noise = 0, light = [], layers = [], table, grain = 0 } = scene;
  const toSheet = lookingAt(scene);
  const texture = grain > 0 ? clouds(next, 3 + Math.floor(30 * next())) : () => 0;
  const wood = clouds(next, 8);
  const rgb = new Float32Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i += 3) {
      const [u, v] = toSheet(x + 0.5, y + 0.5);
      const bright = 255 * light.reduce((product, at) => product * at(x / width, y / height), 1);
      if (table && (Math.abs(u) > table.width / 2 || Math.abs(v) > table.height / 2)) {
        const vein = 1 + table.wood * wood(0.1 * u, 2 * v);
        for (let c = 0; c < 3; c++) rgb[i + c] = bright * table.colour[c] * vein;
        continue;
      }
      const fibre = 1 + grain * texture(u, v);
      const covered = scene.ink(u, v);
      for (let c = 0; c < 3; c++) {
        let value = scene.paper[c] * fibre;
        for (const { colour, cover } of layers) value *= 1 - cover(u, v) * (1 - colour[c]);
        const inked = scene.colour[c] < scene.paper[c] ? scene.colour[c] * value : scene.colour[c]; // chalk covers
        rgb[i + c] = bright * (value + covered * (inked - value));
      }
    }
  if (scene.blur) blurred(rgb, width, height, scene.blur);
  if (noise > 0) for (let i = 0; i < rgb.length; i++) rgb[i] += noise * normal(next);
  if (scene.jpeg) compress(rgb, width, height, scene.jpeg);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) data.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  return { data, width, height };
}

/**
 * Where on the sheet a pixel looks at: a camera twice as far away as the picture is wide.
 *
 * @param {Scene} scene
 * @returns {(x: number, y: number) => [number, number]}
 */
function lookingAt({ width, size, place, turn = 0, tilt = [0, 0] }) {
  const distance = 2 * width;
  const [across, down] = tilt.map(Math.tan);
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  return (x, y) => {
    const [dx, dy] = [x - place[0], y - place[1]];
    const nearer = distance / (distance - across * dx - down * dy);
    const [u, v] = [(dx * nearer) / size, (dy * nearer) / size];
    return [u * cos + v * sin, v * cos - u * sin];
  };
}

/**
 * Smooth noise around 0, of about so many waves a unit at its finest.
 *
 * @param {() => number} next @param {number} waves
 */
export function clouds(next, waves) {
  const parts = Array.from({ length: 6 }, (_, i) => {
    const [angle, often] = [2 * Math.PI * next(), 2 * Math.PI * waves * 0.6 ** i];
    return { x: often * Math.cos(angle), y: often * Math.sin(angle), phase: 2 * Math.PI * next() };
  });
  return (/** @type {number} */ u, /** @type {number} */ v) =>
    parts.reduce((sum, { x, y, phase }) => sum + Math.sin(x * u + y * v + phase), 0) / 6;
}

/** Gaussian, as three box filters. @param {Float32Array} rgb @param {number} width @param {number} height @param {number} sigma */
function blurred(rgb, width, height, sigma) {
  const reach = Math.max(1, Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2));
  for (let round = 0; round < 3; round++)
    for (let c = 0; c < 3; c++) {
      for (let y = 0; y < height; y++) boxAlong(rgb, 3 * y * width + c, 3, width, reach);
      for (let x = 0; x < width; x++) boxAlong(rgb, 3 * x + c, 3 * width, height, reach);
    }
}

/** @param {Float32Array} values @param {number} start @param {number} stride @param {number} count @param {number} reach */
function boxAlong(values, start, stride, count, reach) {
  const before = line.subarray(0, count + 2 * reach + 1); // the ends' values go on outside
  for (let i = 0; i < before.length; i++)
    before[i] = values[start + stride * Math.min(count - 1, Math.max(0, i - reach))];
  let sum = 0;
  for (let i = 0; i < 2 * reach + 1; i++) sum += before[i];
  for (let i = 0; i < count; i++) {
    values[start + i * stride] = sum / (2 * reach + 1);
    sum += (before[i + 2 * reach + 1] ?? 0) - before[i];
  }
}

const line = new Float64Array(4096);
