import { standardise } from '../../dist/node/internals.js';

/**
 * Images as a network's inputs: 0 to 1, then standardised.
 *
 * @param {Uint8Array} images [N, H, W, C], flat
 * @param {import('handful').Preprocessing} preprocess
 * @returns {Float32Array} the same shape
 */
export function toInputs(images, preprocess) {
  return standardise(
    Float32Array.from(images, (byte) => byte / 255),
    preprocess,
  );
}
