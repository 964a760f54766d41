// Ten capital letters that are like no digit, each in one or two ways: classes that no pretrained network knows.

import { round, straight, written } from './writing.mjs';

const stem = straight([0.1, 0], [0.1, 1]);
const bowl = round([0.1, 0.02], [0.7, 0.02], [0.9, 0.25], [0.65, 0.5], [0.1, 0.52]);

/** @type {Record<string, import('./writing.mjs').Part[][]>} */
const WAYS = {
  A: [
    [straight([0, 1], [0.5, 0], [1, 1]), straight([0.2, 0.62], [0.8, 0.62])],
    [round([0, 1], [0.25, 0.3], [0.5, 0], [0.75, 0.3], [1, 1]), straight([0.15, 0.6], [0.85, 0.6])],
  ],
  E: [
    [straight([0.95, 0], [0.1, 0], [0.1, 1], [0.95, 1]), straight([0.1, 0.5], [0.75, 0.5])],
    [stem, straight([0.1, 0], [0.9, 0]), straight([0.1, 0.5], [0.7, 0.48]), straight([0.1, 1], [0.9, 0.98])],
  ],
  F: [[straight([0.95, 0], [0.15, 0], [0.12, 1]), straight([0.15, 0.48], [0.75, 0.46])]],
  H: [[straight([0.08, 0], [0.08, 1]), straight([0.92, 0], [0.92, 1]), straight([0.08, 0.5], [0.92, 0.48])]],
  K: [
    [stem, straight([0.9, 0], [0.12, 0.55], [0.95, 1])],
    [stem, straight([0.85, 0.02], [0.1, 0.5]), straight([0.3, 0.4], [0.95, 1])],
  ],
  M: [
    [straight([0, 1], [0.08, 0], [0.5, 0.65], [0.92, 0], [1, 1])],
    [round([0, 1], [0.15, 0.1], [0.3, 0.15], [0.5, 0.8], [0.7, 0.15], [0.85, 0.1], [1, 1])],
  ],
  P: [[stem, bowl]],
  R: [[stem, bowl, straight([0.4, 0.52], [0.95, 1])]],
  T: [[straight([0, 0.02], [1, 0]), straight([0.5, 0], [0.5, 1])]],
  X: [[straight([0.05, 0], [0.95, 1]), straight([0.95, 0], [0.05, 1])]],
};

export const letters = Object.keys(WAYS);

/**
 * A letter as somebody writes it once.
 *
 * @param {string} letter one of `letters`
 * @param {() => number} next uniform numbers in [0, 1)
 * @returns {import('./writing.mjs').Point[][]} strokes
 */
export function writtenLetter(letter, next) {
  const ways = WAYS[letter];
  return written(ways[Math.floor(next() * ways.length)], next);
}
