// How much of src the unit tests run: npm run coverage [-- --files]
// A table by folder, or with --files by file, and one figure for all. The WASM kernels and what only browsers run
// (test/browser) are not in it. Not part of npm test.

import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { CoverageReport } from 'monocart-coverage-reports';

const OUT = '.cache/coverage';

const { values } = parseArgs({ options: { files: { type: 'boolean', default: false } } });

await rm(OUT, { recursive: true, force: true });
const env = { ...process.env, NODE_V8_COVERAGE: `${OUT}/raw` };
const { status } = spawnSync(process.execPath, ['scripts/test/run.mjs', 'unit'], { stdio: 'inherit', env });
if (status !== 0) process.exit(status ?? 1);

const report = new CoverageReport({
  outputDir: OUT,
  reports: 'v8', // pages that show line by line
  logging: 'error',
  entryFilter: ({ url }) => url.includes('/.cache/test/unit/'),
  sourceFilter: isSource,
});
await report.addFromDir(`${OUT}/raw`);
const results = await report.generate();
if (!results?.files.length) throw new Error('The unit tests left no coverage behind.');

/**
 * @typedef {{ total: number, covered: number }} Share
 * @typedef {Record<'lines' | 'branches' | 'functions', Share>} Shares
 */

/** @type {Map<string, Shares>} */
const rows = new Map();
for (const { sourcePath, summary } of results.files.filter(({ sourcePath }) => isSource(sourcePath))) {
  const place = values.files ? sourcePath : dirname(sourcePath);
  rows.set(place, sum(rows.get(place), summary));
}
print('', 'lines', 'branches', 'functions');
for (const [place, shares] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) printShares(place, shares);
printShares('all of src', [...rows.values()].reduce(sum));
console.log(`Line by line: ${OUT}/index.html`);

/** @param {string} path */
function isSource(path) {
  return path.startsWith('src/') && path.endsWith('.ts');
}

/** @param {Shares | undefined} a @param {Shares} b @returns {Shares} */
function sum(a, b) {
  if (!a) return b;
  const add = (/** @type {keyof Shares} */ key) => ({
    total: a[key].total + b[key].total,
    covered: a[key].covered + b[key].covered,
  });
  return { lines: add('lines'), branches: add('branches'), functions: add('functions') };
}

/** @param {string} place @param {Shares} shares */
function printShares(place, { lines, branches, functions }) {
  const percent = (/** @type {Share} */ { total, covered }) =>
    total > 0 ? `${((100 * covered) / total).toFixed(1)} %` : '';
  print(place, percent(lines), percent(branches), percent(functions));
}

/** @param {string} place @param {...string} cells */
function print(place, ...cells) {
  console.log(`${place.padEnd(48)}${cells.map((cell) => cell.padStart(11)).join('')}`);
}
