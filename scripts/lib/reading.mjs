// Measuring how well whole numbers are read.

import { random } from '#internals';
import { boxOf, GAPS, paintNumber, PENS, writeNumber } from './numbers.mjs';

/**
 * @import { Classifier, Input, ReadCharacter } from 'handful'
 * @import { Box, Written } from './numbers.mjs'
 * @import { Drawing } from './strokes.mjs'
 *
 * @typedef {object} Row of numbers with gaps of one width
 * @property {number} gap between what is seen of neighbours, in heights of a digit
 * @property {number} numbers
 * @property {number} exact share read right as a whole
 * @property {number} expected share that would be if they were cut right: accuracy on single digits ^ length, the mean
 * @property {number} length share with as many characters as there are
 * @property {number} boxes share, of those, of characters whose box is right to a tenth of their height on every side
 *
 * @typedef {object} KindFigures
 * @property {number} accuracy on single digits
 * @property {number} one share of single digits that are read as one
 * @property {number} calledSeveral share of single digits that `predict` calls several
 * @property {number} several share of numbers of two digits and more, with gaps of at least 0.1, that it calls so
 * @property {number} answered share of them that it answers with a digit
 * @property {number} milliseconds median time of a call
 * @property {Row[]} rows
 *
 * @typedef {{ people: number, singles: number, strokes: KindFigures, pictures: KindFigures }} ReadingFigures
 */

/** Numbers of each gap and length. */
const EACH = 60;
const LENGTHS = [1, 2, 3, 4, 5, 6];
/** One in so many numbers, as strokes, has its second strokes written last. */
const LATE = 0.1;
/** How far a side of a box may be off, in heights of its character. */
const OFF = 0.1;
const MARGIN = 0.3;

/**
 * @param {Classifier} model
 * @param {Drawing[][]} people
 * @param {(fraction: number) => void} onProgress
 * @returns {Promise<ReadingFigures>}
 */
export async function measureReading(model, people, onProgress) {
  const next = random(2);
  const manner = () => ({
    size: 50 + 70 * next(),
    pen: PENS.least + (PENS.most - PENS.least) * next(),
    margin: MARGIN,
  });
  /** @param {Written} number @returns {{ input: Input, boxes: Box[] }} */
  const asStrokes = ({ strokes, boxes }) => ({ input: { strokes }, boxes });
  const drawings = people.flat();
  const kinds = {
    strokes: {
      single: (/** @type {Drawing} */ { strokes }) => ({ strokes }),
      /** @param {Drawing[]} own @param {number} length @param {number} gap */
      number(own, length, gap) {
        const number = writeNumber(own, next, { length, gap, late: next() < LATE });
        return { text: number.text, ...asStrokes(number) };
      },
    },
    pictures: {
      single: (/** @type {Drawing} */ { strokes }) => {
        const box = boxOf(strokes);
        const height = Math.max(box.bottom - box.top, 0.5 * (box.right - box.left));
        return paintNumber({ text: '', strokes, owners: strokes.map(() => 0), boxes: [box], height }, manner()).picture;
      },
      /** @param {Drawing[]} own @param {number} length @param {number} gap */
      number(own, length, gap) {
        const how = manner();
        const number = writeNumber(own, next, { length, gap: gap + how.pen }); // the gap that is seen
        const { picture, boxes } = paintNumber(number, how);
        return { text: number.text, input: picture, boxes };
      },
    },
  };

  /** @param {(typeof kinds)['strokes' | 'pictures']} kind @param {number} begun */
  const figuresOf = async ({ single, number }, begun) => {
    /** @type {Input[]} */
    const inputs = drawings.map((drawing) => single(drawing));
    const { accuracy } = await model.evaluate(drawings.map(({ label }, i) => ({ input: inputs[i], label })));
    let one = 0;
    for (const input of inputs) one += Number((await model.read(input)).characters.length === 1);
    const calledSeveral = (await model.predictBatch(inputs)).filter(({ rejected }) => rejected === 'several').length;
    onProgress(begun + 0.2);
    /** @type {number[]} */
    const times = [];
    /** @type {Row[]} */
    const rows = [];
    let [asked, several, answered] = [0, 0, 0];
    for (const gap of GAPS) {
      const sum = { exact: 0, expected: 0, length: 0, boxes: 0, found: 0 };
      for (const length of LENGTHS)
        for (let i = 0; i < EACH; i++) {
          const { text, input, boxes } = number(people[i % people.length], length, gap);
          const start = performance.now();
          const read = await model.read(input);
          times.push(performance.now() - start);
          sum.exact += Number(read.text === text);
          sum.expected += accuracy ** length;
          if (length > 1 && gap >= 0.1) {
            const { label, rejected } = await model.predict(input);
            asked++;
            several += Number(rejected === 'several');
            answered += Number(label !== null);
          }
          if (read.characters.length !== length) continue;
          sum.length++;
          sum.found += length;
          sum.boxes += read.characters.filter(({ box }, at) => isRight(box, boxes[at])).length;
        }
      const numbers = EACH * LENGTHS.length;
      rows.push({
        gap,
        numbers,
        exact: sum.exact / numbers,
        expected: sum.expected / numbers,
        length: sum.length / numbers,
        boxes: sum.boxes / sum.found,
      });
      onProgress(begun + 0.2 + (0.3 * rows.length) / GAPS.length);
    }
    const share = (/** @type {number} */ n, /** @type {number} */ of) => n / of;
    return {
      accuracy,
      one: share(one, inputs.length),
      calledSeveral: share(calledSeveral, inputs.length),
      several: share(several, asked),
      answered: share(answered, asked),
      milliseconds: times.sort((a, b) => a - b)[times.length >> 1],
      rows,
    };
  };
  return {
    people: people.length,
    singles: drawings.length,
    strokes: await figuresOf(kinds.strokes, 0),
    pictures: await figuresOf(kinds.pictures, 0.5),
  };
}

/** @param {ReadCharacter['box']} box @param {Box} truth */
function isRight({ x, y, width, height }, { left, top, right, bottom }) {
  const most = OFF * (bottom - top);
  return [x - left, y - top, x + width - right, y + height - bottom].every((off) => Math.abs(off) <= most);
}

/** @param {ReadingFigures} figures */
export function inWords({ people, singles, ...kinds }) {
  const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
  const lines = [`whole numbers of ${people} people`];
  for (const [kind, figures] of Object.entries(kinds)) {
    const { accuracy, one, calledSeveral, several, answered, milliseconds, rows } = figures;
    lines.push(
      `  as ${kind}: single digits ${percent(accuracy)} right, ${(100 * one).toFixed(2)} % of ${singles} read as one ` +
        `(predict calls ${(100 * calledSeveral).toFixed(2)} % of them several, and ${percent(several)} of numbers; ` +
        `${percent(answered)} of those it answers with a digit); ${milliseconds.toFixed(1)} ms a number`,
      ...rows.map(
        ({ gap, numbers, exact, expected, length, boxes }) =>
          `    gap ${gap.toFixed(2).padStart(5)}: ${percent(exact)} of ${numbers} right, ${(exact / expected).toFixed(3)} of ` +
          `accuracy ^ length; ${percent(length)} cut into as many; ${percent(boxes)} of boxes right`,
      ),
    );
  }
  return lines.join('\n');
}
