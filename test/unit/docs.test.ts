// What documents quote is what is tested.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

test('the examples of elements.md are the apps that are built and drawn on', async () => {
  const page = await readFile('docs/elements.md', 'utf8');
  const quoted = [...page.matchAll(/<!-- (\S+) -->\n\n```\w+\n(.*?)```/gs)];
  assert.equal(quoted.length, 5);
  for (const [, path, text] of quoted) assert.equal(text, await readFile(`test/package/apps/${path}`, 'utf8'), path);
});
