// How well a model reads characters on paper, condition by condition.

import { random } from '#internals';
import { CONDITIONS, sceneOf } from './conditions.mjs';
import { inkOfImage, inkOfStrokes } from './ink.mjs';
import { photograph } from './photograph.mjs';

/**
 * @import { Classifier } from 'handful'
 * @import { Part } from '../../data/subset.mjs'
 * @import { Drawing } from '../strokes.mjs'
 * @import { Coverage } from './ink.mjs'
 *
 * @typedef {{ label: string, ink: Coverage }} Written
 *
 * @typedef {object} Row shares of the pictures under a condition
 * @property {string} condition
 * @property {string} title
 * @property {number} images read right, of those made of MNIST's
 * @property {number} [strokes] read right, of those made of pen strokes
 * @property {number} sureAndWrong wrong with a confidence above 0.9
 * @property {number} blank taken for empty
 * @property {number} unfamiliar refused
 */

const SURE = 0.9;

/**
 * @param {Classifier} model
 * @param {Part} test MNIST images
 * @param {Drawing[]} drawings pen strokes, may be none
 * @param {number} count pictures of each kind under each condition
 * @param {(row: Row) => void} each
 * @returns {Promise<Row[]>}
 */
export async function readOnPaper(model, test, drawings, count, each) {
  /** @param {() => number} next @returns {Written} */
  const image = (next) => {
    const i = Math.floor(next() * test.labels.length);
    return { label: model.labels[test.labels[i]], ink: inkOfImage(test.images.subarray(784 * i, 784 * (i + 1))) };
  };
  /** @param {() => number} next @returns {Written} */
  const stroke = (next) => {
    const { label, strokes } = drawings[Math.floor(next() * drawings.length)];
    return { label: String(label), ink: inkOfStrokes(strokes, 0.04 + 0.08 * next()) };
  };
  /** @type {Row[]} */
  const rows = [];
  for (const [n, [name, condition]] of Object.entries(CONDITIONS).entries()) {
    const kinds = drawings.length > 0 ? [image, stroke] : [image];
    const right = kinds.map(() => 0);
    const other = { sureAndWrong: 0, blank: 0, unfamiliar: 0 };
    for (let i = 0; i < count; i++)
      for (const [k, kind] of kinds.entries()) {
        const next = random(1e6 * (n + 1) + 2 * i + k);
        const { label, ink } = kind(next);
        const answer = await model.predict(photograph(sceneOf(condition, ink, next), next));
        if (answer.label === label) right[k]++;
        else if (answer.rejected === 'blank') other.blank++;
        else if (answer.rejected) other.unfamiliar++;
        else if (answer.confidence > SURE) other.sureAndWrong++;
      }
    const [images, strokes] = right.map((each) => each / count);
    const shares = Object.entries(other).map(([what, each]) => [what, each / (count * kinds.length)]);
    const row = /** @type {Row} */ ({
      condition: name,
      title: condition.title,
      images,
      strokes,
      ...Object.fromEntries(shares),
    });
    rows.push(row);
    each(row);
  }
  return rows;
}
