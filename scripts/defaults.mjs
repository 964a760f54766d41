// Writes the table of fine-tuning's defaults into README.md: npm run docs:defaults

import { readFile, writeFile } from 'node:fs/promises';
import { OPTIMIZERS, REGIMES } from '#internals';
import { withDefaults } from './lib/defaults-table.mjs';

const before = await readFile('README.md', 'utf8');
const source = await readFile('src/training/plans/regimes.ts', 'utf8');
const after = await withDefaults(before, REGIMES, OPTIMIZERS, source);
await writeFile('README.md', after);
console.log(after === before ? 'README.md has the defaults of the source.' : 'README.md: defaults written anew.');
