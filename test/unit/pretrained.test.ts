import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { load, pretrained } from '../../src/sdk/index.js';
import { pretrainedFile } from '../../src/models/pretrained.js';

test('each pretrained file is the one that its card and the source know', async () => {
  for (const id of pretrained) {
    const bytes = await readFile(`pretrained/${id}/model.safetensors`);
    const card = JSON.parse(await readFile(`pretrained/${id}/card.json`, 'utf8')) as { weights: { sha256: string } };
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    assert.equal(card.weights.sha256, sha256, id);
    assert.equal(pretrainedFile(id).sha256, sha256, `${id} in src/models/pretrained.ts`);
  }
});

test('one with a flipped byte is refused, whole ones load', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'handful-'));
  try {
    const bytes = await readFile('pretrained/mnist-softmax/model.safetensors');
    const file = join(folder, 'pretrained/mnist-softmax/model.safetensors');
    await mkdir(join(folder, 'pretrained/mnist-softmax'), { recursive: true });
    const options = { assetBase: pathToFileURL(folder) };
    await writeFile(file, bytes);
    (await load('mnist-softmax', options)).dispose();
    bytes[bytes.length - 100]! ^= 1; // the last bit of some weight's, which no other check would notice
    await writeFile(file, bytes);
    await assert.rejects(load('mnist-softmax', options), {
      name: 'HandfulError',
      code: 'bad-model',
      message: /mnist-softmax\/model\.safetensors: it is damaged.*SHA-256/,
    });
    (await load(bytes)).dispose(); // what is no pretrained one by its id is the caller's
  } finally {
    await rm(folder, { recursive: true });
  }
});
