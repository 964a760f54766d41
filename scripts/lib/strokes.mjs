// Measuring on people's pen strokes.

import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { loadPenDigits } from '../data/pen-digits.mjs';
import { groupedBy } from './grouped-by.mjs';

/**
 * @import { Classifier, Sample } from 'handful'
 *
 * @typedef {{ label: number | string, writer: string, strokes: number[][][] }} Drawing
 */

/**
 * @param {string} file JSON, may be gzipped: [{ label, writer, strokes }]; or `kept`, the drawings kept with the project
 *   that nothing was learned from or chosen by
 * @returns {Promise<Drawing[]>}
 */
export async function readDrawings(file) {
  if (file === 'kept') return (await loadPenDigits()).measuring;
  const bytes = await readFile(file);
  return JSON.parse(String(file.endsWith('.gz') ? gunzipSync(bytes) : bytes));
}

export const asSample = (/** @type {Drawing} */ { label, strokes }) => ({ input: { strokes }, label });

/**
 * @param {Drawing[]} drawings
 * @returns {Drawing[][]} One list a person, in the order they come.
 */
export function byWriter(drawings) {
  return [...groupedBy(drawings, ({ writer }) => writer).values()];
}

/** The first drawings of each label, and the others. @param {Drawing[]} drawings @param {number} perLabel */
export function shareOut(drawings, perLabel) {
  const seen = new Map();
  /** @type {{ lessons: Drawing[], rest: Drawing[] }} */
  const shared = { lessons: [], rest: [] };
  for (const drawing of drawings) {
    const count = seen.get(drawing.label) ?? 0;
    seen.set(drawing.label, count + 1);
    (count < perLabel ? shared.lessons : shared.rest).push(drawing);
  }
  return shared;
}

/**
 * Accuracy on drawings of a model as it is.
 *
 * @param {Classifier} model
 * @param {Drawing[]} drawings
 */
export async function zeroShot(model, drawings) {
  return (await model.evaluate(drawings.map(asSample))).accuracy;
}

/**
 * For each person: learns from the first few drawings of each label, then is tested on that person's other drawings.
 *
 * @param {Classifier} model Reset after each person.
 * @param {Drawing[][]} people
 * @param {number} perLabel
 * @param {Sample[]} old What the model should not forget.
 * @param {(fraction: number) => void} onProgress
 * @returns Accuracies over all drawings tested, and over `old`, the mean of all people; `worse` is how many people ended
 *   below where they began.
 */
export async function personalise(model, people, perLabel, old, onProgress) {
  let [tested, rightBefore, rightAfter, worse, seconds, oldAfter, learned] = [0, 0, 0, 0, 0, 0, 0];
  const oldBefore = (await model.evaluate(old)).accuracy;
  for (const [i, drawings] of people.entries()) {
    const shared = shareOut(drawings, perLabel);
    const [lessons, rest] = [shared.lessons.map(asSample), shared.rest.map(asSample)];
    if (rest.length === 0) continue;
    const before = await model.evaluate(rest);
    const report = await model.fineTune(lessons, {
      onProgress: ({ fraction }) => onProgress((i + fraction) / people.length),
    });
    const after = await model.evaluate(rest);
    oldAfter += (await model.evaluate(old)).accuracy;
    learned++;
    await model.reset();
    tested += rest.length;
    rightBefore += before.accuracy * rest.length;
    rightAfter += after.accuracy * rest.length;
    seconds += report.seconds;
    if (after.accuracy < before.accuracy) worse++;
  }
  const [before, after] = [rightBefore / tested, rightAfter / tested];
  return { before, after, tested, worse, seconds: seconds / learned, oldBefore, oldAfter: oldAfter / learned };
}
