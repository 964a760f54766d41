// Writes the table of docs/numbers.md from docs/numbers.json: npm run docs:numbers
// The figures are those of: npm run evaluate -- mnist-lenet5 --numbers --json FILE

import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { writeWhole } from './lib/files.mjs';

const PAGE = 'docs/numbers.md';
const [START, END] = ['<!-- numbers: npm run docs:numbers -->', '<!-- /numbers -->'];

/** @type {{ numbers: import('./lib/reading.mjs').ReadingFigures }} */
const { numbers } = JSON.parse(await readFile('docs/numbers.json', 'utf8'));
const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
/** @param {import('./lib/reading.mjs').KindFigures} figures @param {number} row */
const cells = ({ rows }, row) => {
  const { exact, expected, boxes } = rows[row];
  return [percent(exact), (exact / expected).toFixed(3), percent(boxes)];
};
const head = ['gap', 'strokes: right', 'of accuracy^length', 'boxes', 'pictures: right', 'of accuracy^length', 'boxes'];
const rows = numbers.strokes.rows.map(({ gap }, row) => [
  String(gap),
  ...cells(numbers.strokes, row),
  ...cells(numbers.pictures, row),
]);
const table = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
const summary = Object.entries({ strokes: numbers.strokes, pictures: numbers.pictures })
  .map(
    ([kind, { accuracy, one, calledSeveral, several }]) =>
      `As ${kind}, ${percent(accuracy)} of single digits are right and ${(100 * one).toFixed(2)} % are read as one; ` +
      `\`predict\` calls ${(100 * calledSeveral).toFixed(2)} % of them several, and ${percent(several)} of numbers with gaps of 0.1 or more.`,
  )
  .join('\n');
const page = await readFile(PAGE, 'utf8');
const text = `${page.slice(0, page.indexOf(START))}${START}\n\n${table}\n\n${summary}\n\n${page.slice(page.indexOf(END))}`;
await writeWhole(PAGE, await format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' }));
