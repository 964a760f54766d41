// How well features tell classes apart that nothing was learned from: the nearest of a few drawings' mean directions.

import { distance, infer, normalised, random, standardise } from '#internals';
import { drawn } from './writing.mjs';

/**
 * @import { Network } from '#internals'
 * @import { Preprocessing } from 'handful'
 * @import { Drawing } from './strokes.mjs'
 */

/** Choices of classes and drawings. */
const ROUNDS = 20;

/**
 * Share of drawings that lie nearest to their own class, of twenty classes chosen at random.
 *
 * @param {Network} network with a head, which is not asked
 * @param {Drawing[]} drawings @param {Preprocessing} preprocess
 * @param {number} shots drawings of each class that make its mean
 */
export async function fewShot(network, drawings, preprocess, shots, ways = 20) {
  const inputs = new Float32Array(drawings.length * 784);
  drawings.forEach(({ strokes }, i) => standardise(drawn(strokes), preprocess, inputs, i * 784));
  const features = await infer(network, inputs, { to: network.architecture.shapes.length - 1 });
  const width = features.length / drawings.length;
  /** @type {Map<string | number, Float32Array[]>} */
  const byLabel = new Map();
  drawings.forEach(({ label }, i) => {
    const direction = normalised(features.subarray(i * width, (i + 1) * width));
    byLabel.set(label, [...(byLabel.get(label) ?? []), direction]);
  });
  const next = random(5);
  let [right, asked] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const classes = shuffled([...byLabel.values()], next)
      .slice(0, ways)
      .map((own) => shuffled(own, next));
    const means = classes.map((own) => normalised(sum(own.slice(0, shots))));
    for (const [at, own] of classes.entries())
      for (const direction of own.slice(shots)) {
        const distances = means.map((mean) => distance(direction, mean));
        right += Number(distances.indexOf(Math.min(...distances)) === at);
        asked++;
      }
  }
  return right / asked;
}

/** @param {Float32Array[]} rows */
function sum(rows) {
  const total = new Float32Array(rows[0].length);
  for (const row of rows) row.forEach((value, i) => (total[i] += value));
  return total;
}

/** @template T @param {T[]} list @param {() => number} next */
export function shuffled(list, next) {
  const places = list.map((each) => ({ each, place: next() })).sort((a, b) => a.place - b.place);
  return places.map(({ each }) => each);
}
