// Writes the table of docs/paper.json into docs/paper.md: npm run docs:paper

import { readFile, writeFile } from 'node:fs/promises';
import { withPaperTable } from './lib/paper/table.mjs';

const results = JSON.parse(await readFile('docs/paper.json', 'utf8'));
await writeFile('docs/paper.md', await withPaperTable(await readFile('docs/paper.md', 'utf8'), results));
