// What documents quote is what is tested.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { benchmarkTables, newestResults } from '../../scripts/lib/benchmark-table.mjs';
import { freshTable, lettersTable } from '../../scripts/lib/learning-table.mjs';
import { withMarked } from '../../scripts/lib/marked.mjs';

test('the examples of elements.md are the apps that are built and drawn on', async () => {
  const page = await readFile('docs/elements.md', 'utf8');
  const quoted = [...page.matchAll(/<!-- (\S+) -->\n\n```\w+\n(.*?)```/gs)];
  assert.equal(quoted.length, 5);
  for (const [, path, text] of quoted) assert.equal(text, await readFile(`test/package/apps/${path}`, 'utf8'), path);
});

test('the tables of benchmark.md are those of the newest results', async () => {
  const page = await readFile('docs/benchmark.md', 'utf8');
  assert.equal(
    await withMarked(page, 'benchmark', benchmarkTables(newestResults())),
    page,
    'run npm run docs:benchmark',
  );
});

test('the tables of learning.md are those of learning.json', async () => {
  const page = await readFile('docs/learning.md', 'utf8');
  const learning = JSON.parse(await readFile('docs/learning.json', 'utf8'));
  const written = await withMarked(page, 'fresh', freshTable(learning));
  assert.equal(await withMarked(written, 'letters', lettersTable(learning)), page, 'run npm run docs:learning');
});

/** A heading's anchor, as GitHub and the site make it. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replace(/\s/g, '-');

test('links between documents lead somewhere', async () => {
  const pages = ['.', 'docs'].flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.md'))
      .map((file) => join(folder, file)),
  );
  const dead: string[] = [];
  for (const page of pages) {
    const text = (await readFile(page, 'utf8')).replace(/^```.*?^```/gms, '');
    for (const [, link] of text.matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)) {
      const [path, hash] = link!.split('#') as [string, string?];
      const file = path ? join(dirname(page), path) : page;
      if (!existsSync(file)) dead.push(`${page}: ${link}`);
      else if (hash) {
        const headings = [...(await readFile(file, 'utf8')).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
          anchor(heading!),
        );
        if (!headings.includes(hash)) dead.push(`${page}: ${link}`);
      }
    }
  }
  assert.deepEqual(dead, []);
});
