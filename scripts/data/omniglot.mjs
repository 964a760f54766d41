// Characters of Greek, Korean and Early Aramaic as people draw them, kept with the project.

import { readStrokes } from './strokes-csv.mjs';

/**
 * @import { Drawing } from '../lib/strokes.mjs'
 *
 * @typedef {Drawing & { label: string, script: string, character: string }} Character
 */

const FILE = new URL('omniglot/omniglot.csv.gz', import.meta.url);

/** @returns {Promise<Character[]>} Each character once by each of 20 people; its label is `script/character`. */
export async function loadOmniglot() {
  return (await readStrokes(FILE)).map(({ fields: [script, character, writer], strokes }) => ({
    label: `${script}/${character}`,
    script,
    character,
    writer: `${script}-${writer}`, // writers are other people in each script
    strokes,
  }));
}
