import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { expose, wrap } from 'comlink';
import type { Endpoint } from 'comlink';
// @ts-expect-error: it comes without types
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { HandfulError } from '../../src/errors.js';
import { connectWorker, received } from '../../src/workers/client.js';
import { sendErrors } from '../../src/workers/transfer.js';

sendErrors();

/** What is thrown on one side of a real port, as it arrives at the other. */
async function sent(thrown: unknown): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  const endpoint = (port: unknown) => (nodeEndpoint as (port: unknown) => Endpoint)(port);
  expose(() => {
    throw thrown;
  }, endpoint(port1));
  try {
    return await (wrap(endpoint(port2)) as unknown as () => Promise<never>)().catch(received);
  } finally {
    port1.close();
  }
}

test('a HandfulError keeps class, code, message, stack and cause', async () => {
  const cause = new RangeError('too much');
  const error = new HandfulError('bad-model', 'No good.', { cause });
  const arrived = await sent(error);
  assert.ok(arrived instanceof HandfulError);
  assert.notEqual(arrived, error);
  assert.equal(arrived.code, 'bad-model');
  assert.equal(arrived.message, 'No good.');
  assert.equal(arrived.stack, error.stack);
  assert.ok(arrived.cause instanceof Error);
  assert.equal(arrived.cause.name, 'RangeError');
  assert.equal(arrived.cause.message, 'too much');
});

test('one without a cause arrives without one, one whose cause is no Error with its text', async () => {
  const without = (await sent(new HandfulError('internal', 'x'))) as HandfulError;
  assert.equal('cause' in without, false);
  const text = (await sent(new HandfulError('aborted', 'x', { cause: 'enough' }))) as HandfulError;
  assert.equal((text.cause as Error).message, 'enough');
  const uncloneable = (await sent(new HandfulError('internal', 'x', { cause: () => {} }))) as HandfulError;
  assert.ok(uncloneable instanceof HandfulError);
});

test('other errors and values pass as Comlink sends them', async () => {
  const error = await sent(new TypeError('plain'));
  assert.ok(error instanceof Error && !(error instanceof HandfulError));
  assert.equal(error.name, 'TypeError');
  assert.equal(error.message, 'plain');
  assert.equal(await sent('a string'), 'a string');
  assert.equal(await sent(null), null);
});

test('a worker whose script never speaks is given up, one that has spoken is not', async () => {
  const silent = new MessageChannel();
  const spoken = new MessageChannel();
  const connect = ({ port1 }: MessageChannel) => connectWorker(port1 as unknown as Worker, 1).call('export', []);
  const answers = [connect(silent), connect(spoken)];
  spoken.port1.start();
  spoken.port2.postMessage('ready');
  await assert.rejects(answers[0]!, { code: 'worker', message: /not handful\.worker\.js/ });
  assert.equal(await Promise.race([answers[1], Promise.resolve('still waiting')]), 'still waiting');
  for (const { port1 } of [silent, spoken]) port1.close();
});
