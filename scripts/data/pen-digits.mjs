// People's pen strokes, kept with the project.

import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

/** @import { Drawing } from '../lib/strokes.mjs' */

const FILE = new URL('pen-digits/pen-digits.csv.gz', import.meta.url);

/** Writers up to this one choose what `read` weighs; the others measure it. */
const LAST_TO_CHOOSE = 15;

/** @returns {Promise<{ choosing: Drawing[], measuring: Drawing[] }>} of different people */
export async function loadPenDigits() {
  const lines = gunzipSync(await readFile(FILE))
    .toString()
    .trim()
    .split('\n');
  const drawings = lines.map((line) => {
    const [writer, label, strokes] = line.split(',');
    return { writer, label: Number(label), strokes: strokes.split(';').map(points) };
  });
  const chooses = (/** @type {Drawing} */ { writer }) => Number(writer) <= LAST_TO_CHOOSE;
  return { choosing: drawings.filter(chooses), measuring: drawings.filter((drawing) => !chooses(drawing)) };
}

/** @param {string} text */
function points(text) {
  const numbers = text.split(' ').map(Number);
  let [x, y] = [0, 0];
  return Array.from({ length: numbers.length / 2 }, (_, i) => [(x += numbers[2 * i]), (y += numbers[2 * i + 1])]);
}
