// Digits of many hands: what networks learn beside a dataset's images. Pen strokes and written digits are drawn anew each
// time they are seen.

import { random } from '#internals';
import { drawnOnce } from '../drawn-anew.mjs';
import { inkOfImage, inkOfStrokes } from '../paper/ink.mjs';
import { writtenDigit } from '../synthetic-handwriting.mjs';
import { drawn } from '../writing.mjs';
import { scanned } from './scans.mjs';
import { varied } from './vary-strokes.mjs';

/**
 * @import { Preprocessing } from 'handful'
 * @import { Dataset } from '#internals'
 * @import { Part } from '../../data/subset.mjs'
 * @import { Drawing } from '../strokes.mjs'
 *
 * @typedef {object} Hands how many examples there are of each kind
 * @property {number} pens so many variants of each drawing at a time
 * @property {number} written synthetic handwriting
 * @property {number} scans
 * @property {number} [images] of the dataset's; all, if not said
 *
 * @typedef {object} Example
 * @property {keyof typeof SHARES} kind
 * @property {number} digit
 * @property {(next: () => number, mild?: boolean) => Float32Array} draw
 */

/** Of each kind in what a detector learns from, so that none is refused. */
const SHARES = { pen: 0.5, written: 0.25, scan: 0.25 };
/** Share of those that are varied no more than people vary. */
const MILD = 0.5;

/**
 * @param {Hands} hands
 * @param {Drawing[]} drawings
 * @param {Part} images of which scans are made, as of the drawings
 * @param {number} seed
 * @returns {Example[]}
 */
export function manyHands({ pens, written, scans }, drawings, images, seed) {
  const next = random(seed);
  /** @param {Drawing} drawing @returns {Example} */
  const drawing = ({ label, strokes }) => ({
    kind: 'pen',
    digit: Number(label),
    draw: (next) => drawn(varied(strokes, next)),
  });
  return [
    ...Array.from({ length: pens }, () => drawings.map(drawing)).flat(),
    ...Array.from({ length: written }, (_, i) => ({
      kind: /** @type {const} */ ('written'),
      digit: i % 10,
      draw: (/** @type {() => number} */ next, mild = false) =>
        drawn(varied(writtenDigit(next, i % 10).strokes, next, mild)),
    })),
    ...scansOf(scans, drawings, images, next),
  ];
}

/**
 * @param {number} count @param {Drawing[]} drawings @param {Part} images @param {() => number} next
 * @param {boolean} [asTheyAre] of 16 x 16 cells, and of drawings that are not varied
 * @returns {Example[]}
 */
export function scansOf(count, drawings, { images, labels }, next, asTheyAre = false) {
  /** @type {Example[]} */
  const scans = [];
  while (scans.length < count) {
    const i = Math.floor(next() * labels.length);
    const { label, strokes } = drawings[Math.floor(next() * drawings.length)];
    const isImage = next() < 0.5;
    const ink = isImage
      ? inkOfImage(images.subarray(784 * i, 784 * (i + 1)))
      : inkOfStrokes(asTheyAre ? strokes : varied(strokes, next), 0.06 + 0.09 * next());
    const scan = scanned(ink, next, asTheyAre ? 16 : cellsOf(next));
    if (scan) scans.push({ kind: 'scan', digit: isImage ? labels[i] : Number(label), draw: () => scan });
  }
  return scans;
}

/** Across a scan. @param {() => number} next */
const cellsOf = (next) => (next() < 0.6 ? 16 : 10 + Math.floor(next() * 22));

/**
 * A dataset after examples, each drawn once.
 *
 * @param {Example[]} examples @param {Dataset} digits @param {Preprocessing} preprocess @param {number} seed
 * @returns {Dataset}
 */
export function withExamples(examples, digits, preprocess, seed) {
  const drawn = drawnOnce(examples, preprocess, seed);
  const inputs = new Float32Array(drawn.length + digits.inputs.length);
  inputs.set(drawn);
  inputs.set(digits.inputs, drawn.length);
  return { inputs, classes: Int32Array.from([...examples.map(({ digit }) => digit), ...digits.classes]) };
}

/**
 * Draws a random example of a random kind.
 *
 * @param {Example[]} examples @param {() => number} next
 */
export function anyHand(examples, next) {
  const kinds = Object.entries(SHARES).map(([kind, share]) => ({
    share,
    own: examples.filter((each) => each.kind === kind),
  }));
  return () => {
    let left = next();
    const { own } = kinds.find(({ share }) => (left -= share) < 0) ?? kinds[0];
    return (own.length > 0 ? own : examples)[Math.floor(next() * (own.length || examples.length))].draw(
      next,
      next() < MILD,
    );
  };
}
