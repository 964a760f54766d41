// The source texts' experiments on our own engine: npm run reproduce [-- ROW …] [--out FOLDER]
// Without rows, those that have no result yet. Each writes its figures, curves and pictures to docs/ when it is done; a
// run that was interrupted goes on after its last whole epoch.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { experiments } from './reproduce/experiments.mjs';
import { writeWhole } from './lib/files.mjs';
import { among } from './lib/usage.mjs';
import { page } from './reproduce/page.mjs';
import { pictureRow } from './reproduce/picture-row.mjs';
import { tableRows } from './reproduce/table-rows.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: 'docs' } },
});
const rows = [...experiments.map(pictureRow), ...tableRows];
among(
  'row',
  positionals,
  rows.map(({ id }) => id),
);

const file = join(values.out, 'reproduction.json');
const results = async () => JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
const done = await results();
for (const row of rows) {
  if (positionals.length > 0 ? !positionals.includes(row.id) : done[row.id]) continue;
  console.log(`${row.id}: ${row.title}; ${row.recipe}`);
  const { result, files } = await row.run((line) => console.log(`  ${line}`));
  for (const [name, content] of Object.entries(files))
    await writeWhole(join(values.out, 'reproduction', `${row.id}-${name}`), content);
  const all = { ...(await results()), [row.id]: { ...result, pictures: Object.keys(files) } };
  const lines = Object.entries(all).map((entry) => entry.map((part) => JSON.stringify(part)).join(': '));
  await writeWhole(file, `{\n${lines.join(',\n')}\n}\n`);
  await row.forget?.();
  console.log(`  ours ${result.ours}, theirs ${row.theirs}; ${result.seconds} s`);
}
const style = await resolveConfig(fileURLToPath(import.meta.url));
const text = await format(page(rows, await results()), { ...style, parser: 'markdown' });
await writeWhole(join(values.out, 'reproduction.md'), text);
