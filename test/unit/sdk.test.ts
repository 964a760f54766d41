import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { create, HandfulError, load, mlp, saved } from '../../src/sdk/index.js';
import type { Input, Progress, Spec } from '../../src/sdk/index.js';
import { drawings, drawn, symbols } from '../support/sdk-drawings.js';

const tiny: Spec = mlp([784, 16, symbols.length]);
const file = 'test/fixtures/lenet5.safetensors';

test('in Node a network learns and answers in the caller’s thread', async () => {
  const classifier = await create(tiny, { labels: symbols });
  assert.equal(classifier.backend.name, 'wasm');
  const seen: Progress[] = [];
  const report = await classifier.fineTune(drawings(8), { epochs: 30, onProgress: (progress) => seen.push(progress) });
  assert.equal(report.kept, 'tuned');
  assert.equal(seen.at(-1)?.fraction, 1);
  assert.equal((await classifier.predict(drawn('cross', 99))).label, 'cross');
  assert.equal((await classifier.predict({ strokes: [] })).rejected, 'blank');
  const white = { data: new Uint8Array(4 * 100).fill(255), width: 10, height: 10 };
  assert.equal((await classifier.predict(white)).rejected, 'blank');

  const again = await load(await classifier.export());
  assert.deepEqual(await again.predict(drawn('line')), await classifier.predict(drawn('line')));
  const clone = await again.clone();
  again.dispose();
  await assert.rejects(again.predict(drawn('line')), { name: 'HandfulError', code: 'disposed' });
  assert.deepEqual(clone.labels, [...symbols]);
  clone.dispose();
  classifier.dispose();
});

test('files load by path, by file: URL and as bytes', async () => {
  const classifiers = await Promise.all([
    load(file),
    load(`./${file}`),
    load(pathToFileURL(file)),
    load(await readFile(file)), // a Buffer, amid a larger one
  ]);
  const answers = await Promise.all(classifiers.map((classifier) => classifier.predict(drawn('line'))));
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  classifiers.forEach((classifier) => classifier.dispose());
});

test('what is missing is said, and takes nothing else with it', async () => {
  const nowhere = new URL('nowhere/', pathToFileURL('./'));
  await assert.rejects(load('./none.safetensors'), { code: 'not-found', message: /none\.safetensors/ });
  const missing = { code: 'not-found', message: /nowhere\/pretrained\/mnist-lenet5\/model.safetensors/ };
  await assert.rejects(load('mnist-lenet5', { assetBase: nowhere }), missing);
  await assert.rejects(load(new URL('http://127.0.0.1:9/x')), { code: 'network', message: /127\.0\.0\.1:9/ });
  await assert.rejects(create(tiny, { backend: 'webgpu' }), { code: 'backend-unavailable' });
  (await create(tiny)).dispose();
});

test('what only browsers have is refused with a reason', async () => {
  const classifier = await create(tiny);
  const blob = new Blob([new Uint8Array(9)], { type: 'image/png' });
  await assert.rejects(classifier.predict(blob), { code: 'bad-input', message: /Blob of 9 bytes/ });
  await assert.rejects(classifier.predict({} as Input), { code: 'bad-input', message: /Object/ });
  await assert.rejects(classifier.save('x'), { code: 'storage', message: /no IndexedDB/ });
  await assert.rejects(saved(), { code: 'storage' });
  await assert.rejects(load('indexeddb:x'), HandfulError);
  classifier.dispose();
});
