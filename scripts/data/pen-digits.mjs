// People's pen strokes, kept with the project.

import { readStrokes } from './strokes-csv.mjs';

/** @import { Drawing } from '../lib/strokes.mjs' */

const FILE = new URL('pen-digits/pen-digits.csv.gz', import.meta.url);

/** Of 30 writers, those who choose and those who measure; from the others networks learn. */
const CHOOSE = [12, 13, 14, 15];
const MEASURE = [25, 26, 27, 28, 29, 30];

/**
 * Drawings of different people: to learn from, to choose by (recipes, thresholds, what `read` weighs), and to measure on,
 * which nothing was learned from or chosen by.
 *
 * @returns {Promise<{ training: Drawing[], choosing: Drawing[], measuring: Drawing[] }>}
 */
export async function loadPenDigits() {
  const drawings = (await readStrokes(FILE)).map(({ fields: [writer, label], strokes }) => ({
    writer,
    label: Number(label),
    strokes,
  }));
  const by = (/** @type {number[]} */ writers) => drawings.filter(({ writer }) => writers.includes(Number(writer)));
  const [choosing, measuring] = [by(CHOOSE), by(MEASURE)];
  return {
    training: drawings.filter((each) => !choosing.includes(each) && !measuring.includes(each)),
    choosing,
    measuring,
  };
}
