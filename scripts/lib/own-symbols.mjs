// Measuring what is learned of symbols that a network has never seen, from a few drawings of each.

import { random } from '#internals';
import { loadPenDigits } from '../data/pen-digits.mjs';
import { shuffled } from './few-shot.mjs';
import { asSample, byWriter } from './strokes.mjs';
import { choosingSymbols } from './symbols-data.mjs';

/**
 * @import { Classifier } from 'handful'
 * @import { Drawing } from './strokes.mjs'
 *
 * @typedef {object} Row
 * @property {string} title
 * @property {number} shots drawings of each symbol that were learned from
 * @property {number} accuracy on the other drawings of the same symbols, over all choices
 * @property {number} refused share of these that `predict` refuses
 * @property {number} strangersRefused share of drawings of symbols that were not taught that `predict` refuses
 * @property {number} seconds a fine-tune, on average
 * @property {number} added seconds that one symbol more takes, from five drawings
 */

const SHOTS = [1, 5, 16];

/**
 * Twenty of the symbols by which recipes are chosen, of which networks have learned nothing; the digits of people who
 * measure, each person's by themselves; and of other characters ten of those whose labels begin with `Latin/` and twenty of
 * those that begin with `Sanskrit/`.
 *
 * @param {Classifier} model reset after each
 * @param {Drawing[]} characters @param {number} choices made at random for each figure
 * @param {(row: Row) => void} tell
 */
export async function measureSymbols(model, characters, choices, tell) {
  const script = (/** @type {string} */ name) => characters.filter(({ label }) => String(label).startsWith(`${name}/`));
  const { korean, procedural } = await choosingSymbols();
  const { measuring } = await loadPenDigits();
  const sets = [
    { title: 'choosing: 20 Korean, turned too', drawings: korean, ways: 20 },
    { title: 'choosing: 20 made by procedure', drawings: procedural, ways: 20 },
    { title: '10 Latin letters', drawings: script('Latin'), ways: 10 },
    { title: '20 Sanskrit characters', drawings: script('Sanskrit'), ways: 20 },
  ].filter(({ drawings }) => drawings.length > 0);
  /** @type {Row[]} */
  const rows = [];
  const add = (/** @type {Row} */ row) => tell(rows[rows.push(row) - 1]);
  for (const { title, drawings, ways } of sets)
    for (const shots of SHOTS) add(await ownSymbols(model, title, drawings, { ways, shots, choices }));
  for (const shots of SHOTS) add(await onePersonsSymbols(model, measuring, shots));
  return rows;
}

/** @param {Row} row */
export function inWords({ title, shots, accuracy, refused, strangersRefused, seconds, added }) {
  const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
  const others = Number.isNaN(added)
    ? ''
    : `, ${percent(strangersRefused)} of symbols not taught; one more in ${added.toFixed(2)} s`;
  return `${title}, from ${shots} of each in ${seconds.toFixed(2)} s: ${percent(accuracy)}; refused ${percent(refused)}${others}`;
}

/**
 * @param {Classifier} model reset after each choice
 * @param {string} title
 * @param {Drawing[]} drawings
 * @param {object} how
 * @param {number} how.ways so many symbols @param {number} how.shots from so many drawings of each
 * @param {number} how.choices made at random
 * @returns {Promise<Row>}
 */
export async function ownSymbols(model, title, drawings, { ways, shots, choices }) {
  const next = random(1);
  const labels = [...new Set(drawings.map(({ label }) => label))];
  const sum = { right: 0, tested: 0, refused: 0, strangers: 0, asked: 0, seconds: 0, added: 0 };
  for (let choice = 0; choice < choices; choice++) {
    const order = shuffled(labels, next);
    const of = order.map((label) => shuffled(named(drawings, label), next));
    const chosen = of.slice(0, ways);
    const tests = chosen.flatMap((own) => own.slice(shots)).map(asSample);
    const report = await model.fineTune(chosen.flatMap((own) => own.slice(0, shots)).map(asSample));
    sum.seconds += report.seconds;
    sum.right += (await model.evaluate(tests)).accuracy * tests.length;
    sum.tested += tests.length;
    sum.refused += await refused(model, tests);
    const others = of.slice(ways).flatMap((own) => own.slice(0, 5).map(asSample));
    sum.strangers += await refused(model, others);
    sum.asked += others.length;
    if (others.length > 0) sum.added += (await model.fineTune(others.slice(0, 5))).seconds;
    await model.reset();
  }
  return {
    title,
    shots,
    accuracy: sum.right / sum.tested,
    refused: sum.refused / sum.tested,
    strangersRefused: sum.strangers / sum.asked,
    seconds: sum.seconds / choices,
    added: sum.added / choices,
  };
}

/**
 * Each person's ten digits as symbols of which the network knows nothing: by other names.
 *
 * @param {Classifier} model @param {Drawing[]} digits @param {number} shots
 * @returns {Promise<Row>}
 */
export async function onePersonsSymbols(model, digits, shots) {
  const people = byWriter(digits.map((each) => ({ ...each, label: `symbol ${each.label}` })));
  /** @type {Row[]} */
  const rows = [];
  for (const own of people) rows.push(await ownSymbols(model, '', own, { ways: 10, shots, choices: 1 }));
  const mean = (/** @type {(row: Row) => number} */ of) => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  return {
    title: `ten of one person's (${people.length} people's digits)`,
    shots,
    accuracy: mean(({ accuracy }) => accuracy),
    refused: mean((row) => row.refused),
    strangersRefused: NaN,
    seconds: mean(({ seconds }) => seconds),
    added: NaN,
  };
}

/** @param {Drawing[]} drawings @param {string | number} label */
const named = (drawings, label) => drawings.filter((each) => each.label === label);

/** @param {Classifier} model @param {import('handful').Sample[]} samples */
async function refused(model, samples) {
  if (samples.length === 0) return 0;
  const answers = await model.predictBatch(samples.map(({ input }) => input));
  return answers.filter((answer) => answer.rejected).length;
}
