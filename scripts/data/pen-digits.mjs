// People's pen strokes, kept with the project.

import { readStrokes } from './strokes-csv.mjs';

/** @import { Drawing } from '../lib/strokes.mjs' */

const FILE = new URL('pen-digits/pen-digits.csv.gz', import.meta.url);

/** Writers up to this one choose what `read` weighs; the others measure it. */
const LAST_TO_CHOOSE = 15;

/** @returns {Promise<{ choosing: Drawing[], measuring: Drawing[] }>} of different people */
export async function loadPenDigits() {
  const drawings = (await readStrokes(FILE)).map(({ fields: [writer, label], strokes }) => ({
    writer,
    label: Number(label),
    strokes,
  }));
  const chooses = (/** @type {Drawing} */ { writer }) => Number(writer) <= LAST_TO_CHOOSE;
  return { choosing: drawings.filter(chooses), measuring: drawings.filter((drawing) => !chooses(drawing)) };
}
