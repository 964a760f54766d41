// Writes the tables of docs/learning.json into docs/learning.md: npm run docs:learning
import { readFile, writeFile } from 'node:fs/promises';
import { freshTable, lettersTable } from './lib/learning-table.mjs';
import { withMarked } from './lib/marked.mjs';

const learning = JSON.parse(await readFile('docs/learning.json', 'utf8'));
let page = await readFile('docs/learning.md', 'utf8');
page = await withMarked(page, 'fresh', freshTable(learning));
page = await withMarked(page, 'letters', lettersTable(learning));
await writeFile('docs/learning.md', page);
