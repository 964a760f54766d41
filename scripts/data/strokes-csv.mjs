// Pen strokes as they are kept with the project: a line a drawing, fields with commas between them, strokes last.

import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

/**
 * @param {URL} file
 * @returns {Promise<{ fields: string[], strokes: number[][][] }[]>} `fields` are those before the strokes
 */
export async function readStrokes(file) {
  const lines = gunzipSync(await readFile(file))
    .toString()
    .trim()
    .split('\n');
  return lines.map((line) => {
    const fields = line.split(',');
    return { fields: fields.slice(0, -1), strokes: fields[fields.length - 1].split(';').map(points) };
  });
}

/** A stroke's first point and the steps to the others. @param {string} text */
function points(text) {
  const numbers = text.split(' ').map(Number);
  let [x, y] = [0, 0];
  return Array.from({ length: numbers.length / 2 }, (_, i) => [(x += numbers[2 * i]), (y += numbers[2 * i + 1])]);
}
