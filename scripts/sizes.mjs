// What a visitor downloads of dist/, gzipped, against the budgets: npm run sizes [-- --base FOLDER] [--markdown]
// --base compares with another build's dist/; --markdown is for where pages are read, such as a job's summary.

import { parseArgs } from 'node:util';
import { budgets, sizesOf } from './lib/sizes.mjs';

const { values } = parseArgs({ options: { base: { type: 'string' }, markdown: { type: 'boolean', default: false } } });

const { files, entries } = sizesOf('dist');
const base = values.base === undefined ? undefined : sizesOf(values.base);

const kB = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} kB`;
/** How much more it is than in the base; '' where there is no base. @param {number} now @param {number} [before] */
const change = (now, before) => {
  if (!base) return '';
  if (before === undefined) return 'new';
  return now === before ? '=' : `${now > before ? '+' : '−'}${Math.abs(now - before)} B`;
};

const rows = Object.entries(files).map(([name, bytes]) => [name, kB(bytes), change(bytes, base?.files[name]), '']);
for (const [name, bytes] of entriesOf(entries)) {
  const allowed = `of ${kB(budgets[name])}${bytes > budgets[name] ? ', TOO MUCH' : ''}`;
  rows.push([`${name} and what it imports`, kB(bytes), change(bytes, base?.entries[name]), allowed]);
  if (bytes > budgets[name]) process.exitCode = 1;
}
const head = ['file', 'gzip', base ? 'change' : '', 'budget'];

if (values.markdown) {
  const cells = (/** @type {string[]} */ row) => `| ${row.join(' | ')} |`;
  console.log([cells(head), '| --- | ---: | ---: | --- |', ...rows.map(cells)].join('\n'));
} else {
  for (const [name, size, difference, budget] of [head, ...rows])
    console.log(`  ${name.padEnd(42)}${size.padStart(9)}${difference.padStart(10)}  ${budget}`.trimEnd());
}

/** @param {typeof entries} record */
function entriesOf(record) {
  return /** @type {[keyof typeof budgets, number][]} */ (Object.entries(record));
}
