// What features for symbols learn from: many classes of few drawings each. Digits, characters of three scripts, all of
// these turned and mirrored as further classes, and characters made by procedure. Drawn anew whenever they are looked at.

import { random } from '#internals';
import { loadOmniglot } from '../data/omniglot.mjs';
import { loadPenDigits } from '../data/pen-digits.mjs';
import { character, drawing, redrawn } from './procedural-characters.mjs';
import { groupedBy } from './grouped-by.mjs';
import { drawingAnew, drawnOnce } from './drawn-anew.mjs';
import { drawn } from './writing.mjs';

/**
 * @import { Point } from './writing.mjs'
 * @import { Drawing } from './strokes.mjs'
 *
 * @typedef {object} Amounts
 * @property {number} procedural characters made by procedure
 * @property {number} drawings of each of them
 * @property {number} digits upright ones of each class; an eighth as many in each of the other ways
 *
 * @typedef {object} Example
 * @property {number} at its class
 * @property {(next: () => number) => Float32Array} draw its picture, [28, 28], values 0 to 1
 */

/** Korean characters after this one choose. */
const LAST_TO_LEARN = 30;
/** Characters made by procedure from this one on choose. */
const FIRST_TO_CHOOSE = 1_000_000;
/** Four quarter turns, and those of the mirror image. */
const WAYS = 8;
/** Share of scans, in MNIST's hands, of digits. */
const SCANS = 0.5;

/**
 * Classes to tell apart, and examples of each: as many as one epoch takes.
 *
 * @param {Amounts} amounts
 * @param {import('../data/subset.mjs').Part} scans of upright digits, 28x28
 * @param {number} seed
 */
export async function symbolExamples({ procedural, drawings, digits }, scans, seed) {
  const next = random(seed);
  /** @type {Example[]} */
  const examples = [];
  let classes = 0;
  const { training } = await loadPenDigits();
  for (const [digit, own] of byLabel(training).entries()) {
    const images = [...scans.labels.keys()].filter((i) => scans.labels[i] === digit);
    for (let way = 0; way < WAYS; way++, classes++)
      for (let i = way === 0 ? digits : digits / 8; i > 0; i--) {
        const at = one(images, next);
        const image = turned(scans.images.subarray(at * 784, (at + 1) * 784), way);
        const strokes = turn(one(own, next).strokes, way);
        examples.push({ at: classes, draw: next() < SCANS ? () => image : (next) => drawn(redrawn(strokes, next)) });
      }
  }
  for (const own of byLabel((await loadOmniglot()).filter((each) => !chooses(each))))
    for (let way = 0; way < WAYS; way++, classes++)
      for (const { strokes } of own) {
        const it = turn(strokes, way);
        examples.push({ at: classes, draw: (next) => drawn(redrawn(it, next)) });
      }
  for (let number = 0; number < procedural; number++, classes++) {
    const strokes = character(number);
    for (let i = 0; i < drawings; i++) examples.push({ at: classes, draw: (next) => drawn(drawing(strokes, next)) });
  }
  return { examples, classes };
}

/**
 * Drawings of classes that nothing learns from, by which recipes are chosen: people's of ten Korean characters, turned and
 * mirrored too, and of characters made by procedure.
 *
 * @returns {Promise<Record<string, Drawing[]>>}
 */
export async function choosingSymbols() {
  const next = random(77);
  const korean = (await loadOmniglot()).filter(chooses);
  const ways = Array.from({ length: WAYS }, (_, way) =>
    korean.map(({ label, writer, strokes }) => ({ label: `${label}/${way}`, writer, strokes: turn(strokes, way) })),
  );
  const made = Array.from({ length: 80 }, (_, i) => {
    const strokes = character(FIRST_TO_CHOOSE + i);
    const one = (/** @type {number} */ writer) => ({
      label: `made/${i}`,
      writer: `${writer}`,
      strokes: drawing(strokes, next),
    });
    return Array.from({ length: 20 }, (_, writer) => one(writer));
  });
  return { korean: ways.flat(), procedural: made.flat() };
}

/**
 * A dataset of examples, each drawn once, and an augmentation that draws them anew.
 *
 * @param {Example[]} examples @param {import('handful').Preprocessing} preprocess @param {number} seed
 */
export function drawnAnew(examples, preprocess, seed) {
  return {
    train: { inputs: drawnOnce(examples, preprocess, seed), classes: Int32Array.from(examples, ({ at }) => at) },
    augment: drawingAnew(examples, undefined, [28, 28, 1], preprocess),
  };
}

/** @param {import('../data/omniglot.mjs').Character} drawing */
const chooses = ({ script, character }) => script === 'Korean' && Number(character.replace(/\D/g, '')) > LAST_TO_LEARN;

/** @param {number[]} point @param {number} way @returns {Point} */
function moved([x, y], way) {
  let [u, v] = way >= 4 ? [-x, y] : [x, y];
  for (let turn = way % 4; turn > 0; turn--) [u, v] = [-v, u];
  return [u, v];
}

/** @param {number[][][]} strokes @param {number} way */
const turn = (strokes, way) => strokes.map((line) => line.map((point) => moved(point, way)));

/** A picture of [28, 28] bytes turned and mirrored as strokes are. @param {Uint8Array} image @param {number} way */
function turned(image, way) {
  const result = new Float32Array(784);
  for (let y = 0; y < 28; y++)
    for (let x = 0; x < 28; x++) {
      const [u, v] = moved([x - 13.5, y - 13.5], way);
      result[(v + 13.5) * 28 + u + 13.5] = image[y * 28 + x] / 255;
    }
  return result;
}

/** @template T @param {T[]} list @param {() => number} next */
const one = (list, next) => list[Math.floor(next() * list.length)];

/** In the labels' order. @template {{ label: string | number }} T @param {T[]} drawings */
function byLabel(drawings) {
  const groups = groupedBy(drawings, ({ label }) => label);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, own]) => own);
}
