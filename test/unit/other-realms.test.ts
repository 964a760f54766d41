import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { toHandfulError } from '../../src/errors.js';
import { create, load, mlp } from '../../src/sdk/index.js';
import type { Classifier, Input, LoadSource, Spec } from '../../src/sdk/index.js';
import { drawn } from '../support/sdk-drawings.js';

// What an iframe, jsdom or a vm context makes is no instance of this realm's classes.

const realm = createContext({});
const there = (code: string): unknown => runInContext(`(${code})`, realm);

let classifier: Classifier;
before(async () => void (classifier = await create(mlp([784, 3]))));
after(() => classifier.dispose());

test('inputs of another realm are what they are', async () => {
  const numbers = Array.from({ length: 784 }, (_, i) => (i % 7) / 7);
  const same: [string, Input][] = [
    [`Float32Array.from(${JSON.stringify(numbers)})`, Float32Array.from(numbers)],
    [`Float64Array.from(${JSON.stringify(numbers)})`, Float64Array.from(numbers)],
    [JSON.stringify(numbers), numbers],
    [`new Uint8Array(784).fill(51)`, new Uint8Array(784).fill(51)],
    [`new Uint8ClampedArray(784).fill(51)`, new Uint8ClampedArray(784).fill(51)],
    [JSON.stringify(drawn('cross')), drawn('cross')],
    [
      `{ data: new Uint8ClampedArray(400).map((_, i) => i), width: 10, height: 10 }`,
      { data: new Uint8ClampedArray(400).map((_, i) => i), width: 10, height: 10 },
    ],
  ];
  for (const [code, here] of same)
    assert.deepEqual(await classifier.predict(there(code) as Input), await classifier.predict(here), code.slice(0, 40));
  await assert.rejects(classifier.predict(there('new Int32Array(784)') as Input), { message: /is an Int32Array/ });
  await assert.rejects(classifier.predict(there('new Map()') as Input), { message: /is a Map/ });
});

test('files and specs of another realm are what they are', async () => {
  const file = await readFile('test/fixtures/lenet5.safetensors');
  const bytes = `Uint8Array.from(atob('${file.toString('base64')}'), (byte) => byte.charCodeAt(0))`;
  Object.assign(realm, { atob });
  const here = await load(file);
  for (const code of [bytes, `${bytes}.buffer`]) {
    const again = await load(there(code) as LoadSource);
    assert.deepEqual(await again.predict(drawn('line')), await here.predict(drawn('line')));
    again.dispose();
  }
  here.dispose();
  const made = await create(there(JSON.stringify(mlp([4, 2]))) as Spec, {
    labels: there(`['a', 'b']`) as string[],
    preprocess: there('{ mean: [1], std: [2] }') as object,
  });
  assert.deepEqual(made.labels, ['a', 'b']);
  made.dispose();
});

test('errors of another realm keep what they say', () => {
  const error = toHandfulError(there(`new TypeError('no such thing')`), 'worker');
  assert.equal(error.message, 'no such thing');
  const ours = there(`Object.assign(new Error('x'), { name: 'HandfulError', code: 'aborted' })`);
  assert.equal(toHandfulError(ours).code, 'aborted');
  assert.match(toHandfulError(there(`Object.assign(new Error(''), { name: 'QuotaExceededError' })`)).message, /Quota/);
});
