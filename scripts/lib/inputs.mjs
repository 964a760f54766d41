import { standardise } from '#internals';

/**
 * Images as a network's inputs: 0 to 1, then standardised.
 *
 * @param {Uint8Array} images [N, H, W, C], flat
 * @param {import('handful').Preprocessing} preprocess
 * @returns {Float32Array} the same shape
 */
export function toInputs(images, preprocess) {
  const values = new Float32Array(images.length); // Float32Array.from would make a list of boxed numbers first
  for (let i = 0; i < images.length; i++) values[i] = images[i] / 255;
  return standardise(values, preprocess, values);
}
