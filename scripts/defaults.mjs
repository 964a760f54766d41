// Writes the table of fine-tuning's defaults into docs/teach.md: npm run docs:defaults

import { readFile, writeFile } from 'node:fs/promises';
import { OPTIMIZERS, REGIMES } from '#internals';
import { withDefaults } from './lib/defaults-table.mjs';

const before = await readFile('docs/teach.md', 'utf8');
const source = await readFile('src/training/plans/regimes.ts', 'utf8');
const after = await withDefaults(before, REGIMES, OPTIMIZERS, source);
await writeFile('docs/teach.md', after);
console.log(
  after === before ? 'docs/teach.md has the defaults of the source.' : 'docs/teach.md: defaults written anew.',
);
