// Points in the plane, in two classes, and points about a line: drawn at random, the same for the same seed.

import { normal as standardNormal, random } from '#internals';

/** Normal deviates of a seed. @param {number} seed @returns {() => number} */
export function normal(seed) {
  const next = random(seed);
  return () => standardNormal(next);
}

/** @typedef {{ inputs: Float32Array, classes: Int32Array }} Points inputs [N, 2] */

/** Two half circles that reach into each other. @param {number} count @param {number} seed @returns {Points} */
export const moons = (count, seed) =>
  points(count, seed, 0.2, (share, one) => {
    const angle = Math.PI * share;
    return one ? [0.5 - Math.cos(angle), 0.25 - Math.sin(angle)] : [Math.cos(angle) - 0.5, Math.sin(angle) - 0.25];
  });

/** A circle within another. @param {number} count @param {number} seed @returns {Points} */
export const circles = (count, seed) =>
  points(count, seed, 0.1, (share, one) => {
    const radius = one ? 0.6 : 1.3;
    return [radius * Math.cos(2 * Math.PI * share), radius * Math.sin(2 * Math.PI * share)];
  });

/** Two clouds with a line between them. @param {number} count @param {number} seed @returns {Points} */
export const clouds = (count, seed) => points(count, seed, 0.35, (_, one) => (one ? [0.8, 0.8] : [-0.8, -0.8]));

/**
 * @param {number} count @param {number} seed @param {number} noise deviation along each axis
 * @param {(share: number, one: number) => number[]} place of a point of class `one`, 0 or 1; `share` is 0 to 1
 * @returns {Points}
 */
function points(count, seed, noise, place) {
  const [deviate, next] = [normal(seed), random(seed + 1)];
  const classes = Int32Array.from({ length: count }, (_, i) => i % 2);
  const inputs = new Float32Array(2 * count);
  classes.forEach((one, i) => {
    place(next(), one).forEach((value, axis) => (inputs[2 * i + axis] = value + noise * deviate()));
  });
  return { inputs, classes };
}

/**
 * y = x · weights + bias + noise.
 *
 * @param {number} count @param {number[]} weights @param {number} bias
 * @param {number} noise its deviation
 * @param {number} seed
 * @returns {{ inputs: Float32Array, truth: Float32Array }}
 */
export function linear(count, weights, bias, noise, seed) {
  const deviate = normal(seed);
  const inputs = Float32Array.from({ length: count * weights.length }, deviate);
  const truth = Float32Array.from({ length: count }, (_, n) => {
    return weights.reduce((sum, weight, i) => sum + weight * inputs[n * weights.length + i], bias + noise * deviate());
  });
  return { inputs, truth };
}
