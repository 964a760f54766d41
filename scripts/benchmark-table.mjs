// Writes the tables of docs/benchmark.md from the newest of bench/results: npm run docs:benchmark
import { readFile, writeFile } from 'node:fs/promises';
import { benchmarkTables, newestResults } from './lib/benchmark-table.mjs';
import { withMarked } from './lib/marked.mjs';

const page = await readFile('docs/benchmark.md', 'utf8');
await writeFile('docs/benchmark.md', await withMarked(page, 'benchmark', benchmarkTables(newestResults())));
