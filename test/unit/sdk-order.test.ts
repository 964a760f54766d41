import assert from 'node:assert/strict';
import { test } from 'node:test';

import { callOrder } from '../../src/sdk/call-order.js';

test('a call that is refused at once lets none overtake those before it', async () => {
  const sent: number[] = [];
  const inOrder = callOrder();
  /** A call with a number for its inputs, which may take its time to be taken out of the DOM. */
  const ask = async (taken: Promise<number>) => sent.push(await inOrder(taken));
  const slow = ask(new Promise((resolve) => setTimeout(() => resolve(1), 30)));
  const refused = assert.rejects(ask(Promise.reject(new Error('no input'))), /no input/);
  const quick = ask(Promise.resolve(2));
  await refused;
  assert.deepEqual(sent, [], 'a refusal waits for nobody');
  await Promise.all([slow, quick]);
  assert.deepEqual(sent, [1, 2]);
});
