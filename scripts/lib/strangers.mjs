// Measuring what a model refuses: of digits, and of what is no digit, kind by kind.

import { random } from '#internals';
import { loadClothes } from '../data/fashion.mjs';
import { MIRRORED } from './counterexamples/digits.mjs';
import { MEASURED } from './counterexamples/icons.mjs';
import { kindsOfNoDigit } from './counterexamples/unfamiliar.mjs';
import { groupedBy } from './grouped-by.mjs';
import { partsOf, written } from './writing.mjs';

/**
 * @import { Classifier, Input } from 'handful'
 * @import { Part } from '../data/subset.mjs'
 * @import { Drawing } from './strokes.mjs'
 *
 * @typedef {Record<string, { refused: number, of: number }>} Refusals shares by what was shown
 */

/** Pictures of each kind, and clothes of each class. */
const EACH = 500;
const CLOTHES = 1000;

/** What detectors have learned from as it is, or is shown by itself. */
const LEARNED = new Set(['letter', 'character', 'blend', 'icon', 'composition']);

/** Letters that a digit looks like, as some write them. */
export const LIKE_DIGITS = new Set([...'bgiloqsyz']);

/**
 * @param {Classifier} model
 * @param {Part} test images of digits
 * @param {Drawing[]} drawings of digits, and of others: those whose labels, `script/character`, the model does not know
 * @param {(kind: string, refused: number, of: number) => void} each
 * @returns {Promise<Refusals>}
 */
export async function refusals(model, test, drawings, each) {
  /** @type {Refusals} */
  const result = {};
  /** @param {string} kind @param {Input[]} inputs */
  const ask = async (kind, inputs) => {
    if (inputs.length === 0) return;
    const predictions = await model.predictBatch(inputs);
    const refused = predictions.filter(({ rejected }) => rejected).length / inputs.length;
    result[kind] = { refused, of: inputs.length };
    each(kind, refused, inputs.length);
  };
  const images = Array.from(test.labels, (_, i) => test.images.subarray(784 * i, 784 * (i + 1)));
  await ask("MNIST's test images", images);
  const known = (/** @type {Drawing} */ { label }) => model.labels.includes(String(label));
  const asInput = (/** @type {Drawing} */ { strokes }) => ({ strokes });
  await ask("people's digits", drawings.filter(known).map(asInput));
  for (const [kind, others] of scripts(drawings.filter((drawing) => !known(drawing))))
    await ask(kind, others.map(asInput));

  const next = random(20_000); // pictures that no detector has learned from
  const kinds = await kindsOfNoDigit(next, test, true);
  for (const [kind, make] of Object.entries(kinds).filter(([kind]) => !LEARNED.has(kind)))
    await ask(kind === 'mirrored' ? `mirrored ${MIRRORED.join(' ')}` : kind, Array.from({ length: EACH }, make));
  for (const [kind, ways] of Object.entries(MEASURED)) {
    const doodle = () => ({ strokes: written(partsOf(ways[Math.floor(next() * ways.length)]), next) });
    await ask(`icon: ${kind}`, Array.from({ length: EACH / 5 }, doodle));
  }
  await ask('clothes (Fashion-MNIST)', await loadClothes(CLOTHES));
  return result;
}

/** Drawings by script, letters that are like digits by themselves. @param {Drawing[]} drawings */
function scripts(drawings) {
  return groupedBy(drawings, ({ label }) => {
    const [script, character] = String(label).split('/');
    return LIKE_DIGITS.has(character) ? `${script}, like digits` : script;
  });
}
