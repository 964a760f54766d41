// Makes docs/handful.svg, the moving picture of README: digits of people that no network learned from are read, a letter that
// is none is refused, taught from five drawings, and read. Strokes and answers are real: npm run docs:moving-picture
import { writeFile } from 'node:fs/promises';
import { random } from '#internals';
import { load } from 'handful';
import { loadPenDigits } from './data/pen-digits.mjs';
import { writtenLetter } from './lib/letters.mjs';
import { movingPicture } from './lib/moving-picture.mjs';

const WRITERS = ['17', '23', '28'];
const DIGITS = [7, 4, 2];
const LETTER = 'K';

const digits = await load('mnist-lenet5', { backend: 'wasm', seed: 1 });
const { measuring } = await loadPenDigits();
const next = random(4);
const ofLetter = () => ({ strokes: writtenLetter(LETTER, next) });

/** @param {{ strokes: number[][][] }} ink */
async function scene(ink) {
  const { label, confidence } = await digits.predict(ink);
  return { strokes: ink.strokes, label, confidence };
}

const scenes = [];
for (const [i, digit] of DIGITS.entries()) {
  const drawing = measuring.find(({ writer, label }) => writer === WRITERS[i] && label === digit);
  if (!drawing) throw new Error(`Writer ${WRITERS[i]} has drawn no ${digit} to measure with.`);
  scenes.push(await scene(drawing));
}
const unknown = await scene(ofLetter());
const lessons = Array.from({ length: 5 }, ofLetter);
await digits.fineTune(lessons.map((input) => ({ input, label: LETTER })));
const known = await scene(ofLetter());
digits.dispose();

await writeFile('docs/handful.svg', movingPicture({ scenes, unknown, lessons, name: LETTER, known }));
for (const { label, confidence } of [...scenes, unknown, known]) console.log(label, confidence.toFixed(3));
