// What an out-of-distribution detector learns to refuse: pictures of no digit, of as many kinds as there are.

import { loadOmniglot } from '../../data/omniglot.mjs';
import { loadPenDigits } from '../../data/pen-digits.mjs';
import { varied } from '../hands/vary-strokes.mjs';
import { writtenDigit } from '../synthetic-handwriting.mjs';
import { drawn, partsOf, written } from '../writing.mjs';
import { composition } from './compositions.mjs';
import { placed, spoiltDigits } from './digits.mjs';
import { LEARNED, MEASURED } from './icons.mjs';
import { LETTERS } from './letters.mjs';
import { blob, shape, silhouette, texture } from './pictures.mjs';
import { glyph, polyline, scribble, zigzag } from './strokes.mjs';

/** How often each kind is seen. @type {Record<string, number>} */
const WEIGHTS = {
  scribble: 4,
  zigzag: 1,
  polyline: 3,
  glyph: 3,
  shape: 1,
  silhouette: 2.5,
  blob: 1.5,
  texture: 3,
  mirrored: 4,
  turned: 3,
  several: 3,
  overlaid: 3,
  quarters: 2,
  letter: 4,
  icon: 5,
  composition: 9,
  pile: 3,
  character: 6,
  blend: 4,
};

/** Characters that could be digits: circles, strokes, and what is much like a 2, 4, 6, 7, 8, 9 or a slashed 0. */
const LIKE_DIGITS = new Set([
  ...['02', '03', '04', '06', '12', '14', '16', '17', '20'].map((character) => `Early_Aramaic/${character}`),
  ...['04', '08', '09', '15', '18'].map((character) => `Greek/${character}`),
  ...['21', '22', '27', '33', '37'].map((character) => `Korean/${character}`),
]);

/**
 * Makers of pictures of each kind: [28, 28], 0 to 1, or nothing now and then.
 *
 * @param {() => number} next uniform numbers in [0, 1)
 * @param {import('../../data/subset.mjs').Part} images of digits
 * @param {boolean} measures whether kinds and people are those that no detector has learned from, as far as there are
 */
export async function kindsOfNoDigit(next, images, measures = false) {
  const pens = await loadPenDigits();
  const drawings = measures ? pens.measuring : pens.training;
  const characters = (await loadOmniglot()).filter(({ label }) => !LIKE_DIGITS.has(label));
  const icons = Object.values(measures ? MEASURED : LEARNED);
  const letters = Object.values(LETTERS);
  /** @template T @param {readonly T[]} list */
  const pick = (list) => list[Math.floor(next() * list.length)];
  /** @param {number[]} [among] */
  const strokes = (among) => {
    const digit = among ? pick(among) : Math.floor(10 * next());
    if (!measures && next() < 0.4) return writtenDigit(next, digit).strokes;
    let drawing = pick(drawings);
    while (drawing.label !== digit) drawing = pick(drawings);
    return drawing.strokes;
  };
  /** @param {number[]} [among] */
  const image = (among) => {
    let i = Math.floor(next() * images.labels.length);
    while (among && !among.includes(images.labels[i])) i = Math.floor(next() * images.labels.length);
    return Float32Array.from(images.images.subarray(784 * i, 784 * (i + 1)), (value) => value / 255);
  };
  const doodle = (/** @type {string[]} */ ways) => varied(written(partsOf(pick(ways)), next), next);
  const anything = () =>
    pick([
      () => doodle(pick(icons)),
      () => doodle(pick(letters)),
      () => varied(polyline(next), next),
      () => varied(strokes(), next),
    ])();
  return {
    scribble: () => drawn(scribble(next)),
    zigzag: () => drawn(zigzag(next)),
    polyline: () => drawn(polyline(next)),
    glyph: () => drawn(glyph(next)),
    shape: () => shape(next),
    silhouette: () => silhouette(next),
    blob: () => blob(next),
    texture: () => texture(next),
    ...spoiltDigits(next, strokes, image),
    letter: () => drawn(doodle(pick(letters))),
    icon: () => drawn(doodle(pick(icons))),
    composition: () => drawn(varied(composition(next), next)),
    /** A doodle, and something drawn over it. */
    pile: () =>
      drawn([
        ...doodle(pick(icons)),
        ...placed(anything(), 0.5 + 0.7 * next(), 0.6 * (next() - 0.5), 0.6 * (next() - 0.5)),
      ]),
    character: () => drawn(varied(pick(characters).strokes, next)),
    /** Strokes of two characters, each where it was: a third one. */
    blend() {
      const [one, other] = [pick(characters).strokes, pick(characters).strokes];
      const some = [...one, ...other].filter(() => next() < 0.6);
      return drawn(varied(some.length > 1 ? some : [...one, ...other], next));
    },
  };
}

/** A random one of those, as often as each is seen. @param {Record<string, () => Float32Array>} kinds @param {() => number} next */
export function unfamiliar(kinds, next) {
  const all = Object.entries(WEIGHTS);
  let left = next() * all.reduce((sum, [, weight]) => sum + weight, 0);
  const [kind] = all.find(([, weight]) => (left -= weight) < 0) ?? all[0];
  return kinds[kind]();
}
