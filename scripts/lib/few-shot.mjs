// How well features tell classes apart that nothing was learned from, from a few drawings of each.

import { distance, infer, normalised, random } from '#internals';
import { drawnOnce } from './drawn-anew.mjs';
import { groupedBy } from './grouped-by.mjs';
import { drawn } from './writing.mjs';

/**
 * @import { Network } from '#internals'
 * @import { Preprocessing } from 'handful'
 * @import { Drawing } from './strokes.mjs'
 */

/** Choices of classes and drawings, and classes of each choice. */
const [ROUNDS, WAYS] = [20, 20];

/**
 * Choices of twenty classes at random, each class a list of its drawings' features in random order.
 *
 * @param {Network} network with a head, which is not asked
 * @param {Drawing[]} drawings @param {Preprocessing} preprocess
 * @returns {Promise<Float32Array[][][]>}
 */
export async function rounds(network, drawings, preprocess) {
  const inputs = drawnOnce(
    drawings.map(({ strokes }) => ({ draw: () => drawn(strokes) })),
    preprocess,
    0, // nothing is at random
  );
  const features = await infer(network, inputs, { to: network.architecture.shapes.length - 1 });
  const width = features.length / drawings.length;
  const of = (/** @type {number} */ i) => features.subarray(i * width, (i + 1) * width);
  const byLabel = groupedBy(drawings.keys(), (i) => drawings[i].label);
  const next = random(5);
  return Array.from({ length: ROUNDS }, () =>
    shuffled([...byLabel.values()], next)
      .slice(0, WAYS)
      .map((own) => shuffled(own.map(of), next)),
  );
}

/**
 * Share of drawings whose features' direction is nearest to that of their own class's only known drawing.
 *
 * @param {Float32Array[][][]} choices as of `rounds`
 */
export function fromOne(choices) {
  let [right, asked] = [0, 0];
  for (const classes of choices) {
    const known = classes.map(([first]) => normalised(first));
    for (const [at, [, ...rest]] of classes.entries())
      for (const features of rest) {
        const direction = normalised(features);
        const distances = known.map((each) => distance(direction, each));
        right += Number(distances.indexOf(Math.min(...distances)) === at);
        asked++;
      }
  }
  return right / asked;
}

/** @template T @param {T[]} list @param {() => number} next */
export function shuffled(list, next) {
  const places = list.map((each) => ({ each, place: next() })).sort((a, b) => a.place - b.place);
  return places.map(({ each }) => each);
}
