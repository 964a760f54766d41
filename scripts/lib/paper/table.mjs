// The table of what is read on paper, as Markdown between two marks.

import { format, resolveConfig } from 'prettier';

const [START, END] = ['<!-- paper: npm run docs:paper -->', '<!-- /paper -->'];

/**
 * @param {string} markdown
 * @param {{ paper: import('./measure.mjs').Row[] }} results what `npm run evaluate -- ID --paper --json FILE` wrote
 */
export async function withPaperTable(markdown, { paper }) {
  const [start, end] = [markdown.indexOf(START), markdown.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`There is no ${START} … ${END}.`);
  const percent = (/** @type {number | undefined} */ share) => (share === undefined ? '' : (100 * share).toFixed(1));
  const rows = paper.map(({ title, images, strokes, unfamiliar, blank, sureAndWrong }) =>
    [title, ...[images, strokes, unfamiliar, blank, sureAndWrong].map(percent)].join(' | '),
  );
  const head = ['% of the pictures', 'MNIST', 'pen strokes', 'refused', 'blank', 'sure and wrong'];
  const table = [head.join(' | '), head.map(() => '---').join(' | '), ...rows].map((row) => `| ${row} |`).join('\n');
  const text = `${markdown.slice(0, start)}${START}\n\n${table}\n\n${markdown.slice(end)}`;
  return format(text, { ...(await resolveConfig('README.md')), parser: 'markdown' });
}
